namespace RecDeepRL.Data.Logs;

/// <summary>Rows of an interaction log, column by column: one row for each item shown, the rows of a user together, slot 0 first.</summary>
public sealed class LogRows
{
    /// <param name="capacity">Rows that it can hold.</param>
    public LogRows(int capacity)
    {
        UserKeys = new long[capacity];
        ItemKeys = new long[capacity];
        Relevance = new float[capacity];
        Responses = new float[capacity];
        Slots = new int[capacity];
        Propensity = new float[capacity];
    }

    /// <summary>The round, from 0, counted over the whole log.</summary>
    public long Iteration { get; set; }

    /// <summary>Rows in use; the arrays may be longer.</summary>
    public int Count { get; set; }

    /// <summary>Column <c>user_idx</c>: the users' keys in the source data.</summary>
    public long[] UserKeys { get; }

    /// <summary>Column <c>item_idx</c>: the items' keys in the source data.</summary>
    public long[] ItemKeys { get; }

    /// <summary>Column <c>relevance</c>: the agent's own estimate of the response; not a number where it has none.</summary>
    public float[] Relevance { get; }

    /// <summary>Column <c>response</c>.</summary>
    public float[] Responses { get; }

    /// <summary>Column <c>slot</c>, from 0.</summary>
    public int[] Slots { get; }

    /// <summary>Column <c>propensity</c>: the probability that the agent showed this item to this user in this slot; not a number where it is not known.</summary>
    public float[] Propensity { get; }
}
