namespace RecDeepRL.Core;

/// <summary>Why a slate is asked for.</summary>
public enum RecommendationMode
{
    /// <summary>To learn: the agent may show items whose worth it does not know.</summary>
    Explore,

    /// <summary>To earn: the agent shows what it believes to be best.</summary>
    Exploit,
}
