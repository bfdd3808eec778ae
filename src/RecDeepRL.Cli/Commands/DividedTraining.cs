using RecDeepRL.Core;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Training;
using Serilog;

namespace RecDeepRL.Cli.Commands;

/// <summary>Takes a divided run through the loss of those who carry it out: back to its newest checkpoint, and on.</summary>
/// <param name="pair">The learner, and the population without its users. Borrowed.</param>
/// <param name="folder">The run folder. Held.</param>
internal sealed class DividedTraining(RunPair pair, RunFolder folder, ILogger log)
{
    /// <summary>How often shards may be lost from one checkpoint on before the run is taken for the cause.</summary>
    private const int MostLosses = 5;

    private TrainingTotals _totals = TrainingTotals.None;

    private string? Newest => CheckpointStore.All(folder.Path) is [.., var newest] ? newest : null;

    /// <summary>Has everybody begin where the run is, and trains.</summary>
    /// <param name="rounds">Just placed. Borrowed.</param>
    /// <param name="train">Given what the run has summed up so far; called again after a loss.</param>
    /// <returns>What training returned.</returns>
    /// <exception cref="UserMistakeException">Nobody takes the places of those who were lost, or they are lost again and again.</exception>
    public int Run(IRecoverableRounds rounds, Func<TrainingTotals, int> train, CancellationToken cancellation)
    {
        if (Newest is { } resumed)
            log.Information("resumed from {Checkpoint:l} after {Iteration} iterations", Path.GetFileName(resumed), CheckpointStore.ReadManifest(resumed).Iteration);
        var (losses, before, isLost) = (0, Newest, false);
        while (true)
        {
            try
            {
                if (isLost)
                    Recover(rounds, cancellation);
                isLost = false;
                Begin();
                return train(_totals);
            }
            catch (RoundsLostException lost)
            {
                losses = Newest == before ? losses + 1 : 1;
                before = Newest;
                var from = before is null ? "its beginning" : Path.GetFileName(before);
                if (losses == MostLosses)
                    throw new UserMistakeException($"{lost.Message}, as {MostLosses - 1} others since {from}; the run may be what ends them. Go on with 'train --resume {folder.Path}' and smaller shards, or look at the workers' logs.", lost);
                log.Warning("{Loss:l}; the run goes on from {Checkpoint:l}", lost.Message, from);
                isLost = true;
            }
        }
    }

    /// <summary>A run that begins has a checkpoint at once, to which it can go back; before it, nobody has played a round.</summary>
    private void Begin()
    {
        if (Newest is not { } checkpoint)
        {
            CheckpointStore.Write(folder.Path, pair, TrainingTotals.None);
            return;
        }
        var manifest = CheckpointStore.ReadManifest(checkpoint);
        CheckpointStore.Restore(checkpoint, manifest, pair);
        _totals = manifest.Totals;
    }

    private void Recover(IRecoverableRounds rounds, CancellationToken cancellation)
    {
        try
        {
            rounds.Recover(cancellation);
        }
        catch (UserMistakeException mistake) when (Newest is { } checkpoint)
        {
            throw new UserMistakeException(
                $"{mistake.Message} The run is whole up to {Path.GetFileName(checkpoint)}; 'train --resume {folder.Path}' goes on with it, with --cluster and --shards or without.", mistake);
        }
    }
}
