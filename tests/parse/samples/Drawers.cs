using System.Collections.Generic;

namespace Shop.Till;

/// <summary>Keeps the drawers of one till.</summary>
public abstract class Drawers
{
    protected abstract int Capacity { get; }

    private static readonly Dictionary<string, int> Sizes = new()
    {
        ["small"] = 5,
    };

#if DEBUG
    public void Dump()
    {
        System.Console.WriteLine(Capacity);
    }
#endif

    #region Locks

    // Turned twice when there is cash inside.
    public virtual void Lock(bool cash)
    {
        var turns = cash ? 2 : 1;
        System.Action<int> turn = delegate (int times)
        {
            System.Console.WriteLine(times);
        };
        turn(turns);
    }

    #endregion
}
