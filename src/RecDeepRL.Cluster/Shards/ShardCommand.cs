namespace RecDeepRL.Cluster.Shards;

/// <summary>What a client asks of a shard. Requests and answers are states (<see cref="StateBytes"/>); a request may hold a new policy under <c>policy.</c>, which the shard takes on first.</summary>
internal enum ShardCommand
{
    /// <summary>Plays one round. Request: counter <c>round</c>, its number from 0. Answer: <c>figures</c>, and what the learner is to hear of under <c>heard.0.</c>, <c>heard.1.</c> and so on.</summary>
    Play,

    /// <summary>The state of the users. Answer: it, under <c>environment.</c>. The log is on disk up to here then.</summary>
    Save,

    /// <summary>Goes on from a state. Request: the state of the shard's users, under <c>environment.</c>. Later rounds of the log are taken back.</summary>
    Load,

    /// <summary>What the list for everybody is chosen by. Request: counter <c>seed</c>. Answer: <c>itemSums</c>, over the shard's users.</summary>
    ItemSums,

    /// <summary>Bounds. Request: counter <c>seed</c> and <c>itemSums</c> over all shards. Answer: <c>bounds</c>.</summary>
    Bounds,

    /// <summary>An evaluation of the shard's users. Request: counters <c>seed</c> and <c>explores</c>. Answer: <c>means</c>.</summary>
    Evaluate,

    /// <summary>Goes on with a round in which a shard waits for the others, where shards learn. The answer to <see cref="Play"/>, and to this, is what the shard has to say to them:
    /// counter <c>rows</c>, users of its part of the round, or <c>gradient</c>; or at last what <see cref="Play"/> answers, with figures of the agent under <c>diagnostics.</c>.
    /// Request: <c>rows</c> of all shards, or the sum of their <c>gradient</c>s.</summary>
    GoOn,

    /// <summary>The state of an agent that learns here. Answer: it, under <c>agent.</c>.</summary>
    SaveAgent,

    /// <summary>Goes on from a state of the agent. Request: it, under <c>agent.</c>.</summary>
    LoadAgent,
}
