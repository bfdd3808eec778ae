using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Core;

/// <summary>Proposes slates and learns from what users did with them.</summary>
/// <remarks>Tensors returned belong to the caller, arguments are borrowed and must be copied to be kept. The caller opens a dispose
/// scope around each round; what an agent keeps, it detaches from that scope, updates in place and disposes itself.
/// An agent is never called with an observation of no users.</remarks>
public interface IAgent : IDisposable
{
    /// <summary>Slates for a batch of users. Changes nothing learned, and no draw depends on earlier calls or on the other users of the batch:
    /// the same observation gets the same slates, in whatever parts it is asked about.</summary>
    /// <param name="observation">B users. Borrowed.</param>
    /// <param name="mode">Whether to explore.</param>
    /// <returns>[B, K] int64 item ids, eligible and distinct in each row, best first. The caller disposes.</returns>
    Tensor Recommend(Observation observation, RecommendationMode mode);

    /// <summary>Learns from one round.</summary>
    /// <param name="feedback">At least one user. Borrowed.</param>
    void Learn(Feedback feedback);

    /// <summary>Figures worth logging, by name, such as losses since the last call; empty where there are none. May wait for the device.</summary>
    IReadOnlyDictionary<string, double> Diagnose();

    /// <summary>Writes everything learned and every counter that later draws depend on.</summary>
    void Save(IStateWriter writer);

    /// <summary>Restores what <see cref="Save"/> wrote, in an agent of the same options and environment; it then goes on as the saved one would have.</summary>
    void Load(IStateReader reader);
}
