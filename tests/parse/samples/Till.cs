// Opens the till for one day.
using System;
using Shop.Payments;

var opened = DateTime.Now;
Console.WriteLine($"Open since {opened}");

/// <summary>Counts coins into a bag.</summary>
static int CountCoins(params int[] coins)
{
    var total = 0;
    foreach (var coin in coins) total += coin;
    return total;
}

int Twice(int amount) => amount * 2;

Func<int, string> label = amount => $"{amount} cents";
Console.WriteLine(label(Twice(CountCoins(1, 2, 5))));

/// <summary>One drawer.</summary>
public class Drawer
{
    public int Number => 7;

    public void Open()
    {
        Console.WriteLine($"Drawer {Number}");
    }
}
