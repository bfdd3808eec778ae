using static TorchSharp.torch;

namespace RecDeepRL.Core;

/// <summary>An agent that has learned a vector for each item: what is drawn in two dimensions to see which items it takes for alike.</summary>
public interface IHasItemEmbeddings
{
    /// <summary>Changes nothing.</summary>
    /// <returns>[N, E] float32, E at least 1. The caller disposes.</returns>
    Tensor ItemEmbeddings();
}
