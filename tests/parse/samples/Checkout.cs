#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using static Shop.Payments.Rounding;

[assembly: System.Reflection.AssemblyTitle("Shop")]

namespace Shop.Payments
{
    /// <summary>Called when a basket has been paid.</summary>
    public delegate void PaidHandler<in T>(T basket, decimal total);

    /// <summary>
    /// How a customer pays.
    /// </summary>
    [Flags]
    public enum Method : byte
    {
        Cash = 1,
        Card = 2,
    }

    public interface IDiscount<T> where T : class
    {
        decimal Apply(T basket, decimal total);

        string Label { get; }

        // Most discounts need no explanation.
        string Explain() => $"Discount {Label}";
    }

    /// <summary>An amount in one currency.</summary>
    public readonly struct Money : IEquatable<Money>
    {
        public static readonly Money Zero = new(0m, "EUR");

        public Money(decimal amount, string currency)
        {
            Amount = amount;
            Currency = currency;
        }

        public decimal Amount { get; }
        public string Currency { get; init; }

        public bool IsZero => Amount == 0m;

        public bool Equals(Money other) => Amount == other.Amount && Currency == other.Currency;

        public static Money operator +(Money left, Money right)
        {
            return new Money(left.Amount + right.Amount, left.Currency);
        }

        public static bool operator ==(Money left, Money right) => left.Equals(right);
        public static bool operator !=(Money left, Money right) => !left.Equals(right);

        public static implicit operator decimal(Money money) => money.Amount;

        public static explicit operator Money(string text)
        {
            return new Money(decimal.Parse(text), "EUR");
        }
    }

    public record Line(string Sku, int Count, Money Price);

    public record struct Point(int X, int Y)
    {
        public double Length() => Math.Sqrt(X * X + Y * Y);
    }

    /// <summary>
    /// What a customer carries to the till.
    /// </summary>
    [Serializable]
    public sealed partial class Basket<TLine> : IDisposable
        where TLine : Line, new()
    {
        private const int MostLines = 200;
        private readonly List<TLine> _lines = new();
        private static readonly Func<Money, Money> Halve = money => new Money(money.Amount / 2, money.Currency);
        private EventHandler? _changed;
        private int _floor;

        public event PaidHandler<Basket<TLine>>? Paid;

        public event EventHandler Changed
        {
            add { _changed += value; }
            remove { _changed -= value; }
        }

        static Basket()
        {
            Console.WriteLine("ready");
        }

        public Basket(int floor) : base()
        {
            _floor = floor;
        }

        public Basket() : this(0) { }

        ~Basket()
        {
            Dispose();
        }

        /// <summary>The lowest total that is accepted.</summary>
        [Obsolete("Use Limits")]
        public int Floor
        {
            get => _floor;
            set
            {
                if (value < 0) throw new ArgumentOutOfRangeException(nameof(value));
                _floor = value;
            }
        }

        public string Name { get; set; } = "basket";

        public TLine this[int index]
        {
            get { return _lines[index]; }
        }

        /// <summary>Adds up all lines.</summary>
        /// <returns>The total, rounded.</returns>
        [Pure]
        [return: NotNull]
        public Money Total(
            IEnumerable<IDiscount<Basket<TLine>>> discounts)
        {
            Money Once(TLine line)
            {
                return line.Price;
            }

            Func<decimal, decimal> round = amount => Math.Round(amount, 2);
            decimal sum = _lines.Sum(line => round(Once(line).Amount * line.Count));
            return new Money(sum, "EUR");
        }

        public T? Find<T>(Predicate<T> wanted) where T : TLine => _lines.OfType<T>().FirstOrDefault(l => wanted(l));

        void IDisposable.Dispose()
        {
            _lines.Clear();
        }

        partial void OnCleared();

        private sealed class Cursor
        {
            public int At;
            public void Step() => At++;
        }
    }

    internal static class BasketExtensions
    {
        /// <summary>Whether there is nothing to pay.</summary>
        public static bool IsFree<T>(this Basket<T> basket) where T : Line, new()
        {
            return basket.Floor == 0;
        }
    }

    public abstract class Printer
    {
        public abstract void Print(string text);
        [System.Runtime.InteropServices.DllImport("spool")]
        private static extern int Spool(string text);
        public virtual void Feed() { }
    }
}
