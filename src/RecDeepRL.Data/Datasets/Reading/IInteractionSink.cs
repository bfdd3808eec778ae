namespace RecDeepRL.Data.Datasets.Reading;

/// <summary>Where full chunks go.</summary>
internal interface IInteractionSink
{
    /// <summary>Takes a chunk over.</summary>
    /// <returns>An empty chunk to go on with, perhaps one taken earlier.</returns>
    InteractionChunk Take(InteractionChunk chunk);
}
