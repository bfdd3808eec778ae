using System.Diagnostics;
using RecDeepRL.Core;
using RecDeepRL.Core.State;
using RecDeepRL.Data.Logs;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Evaluation;
using RecDeepRL.Experiments.Training;
using static TorchSharp.torch;

namespace RecDeepRL.Cluster.Shards;

/// <summary>A part of a population with a replica of the agent that serves it. It plays rounds and tells what happened, and takes on what the learner made of it;
/// the replica itself learns nothing, or else along with those of the other shards (<see cref="Merging.Gradients"/>). Used by one thread.</summary>
internal sealed class Shard : IDisposable
{
    internal const string EnvironmentPrefix = "environment";
    internal const string PolicyPrefix = "policy";
    internal const string AgentPrefix = "agent";
    internal const string DiagnosticsPrefix = "diagnostics";

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    private readonly ShardOrder _order;
    private readonly BlockNode _held;
    private readonly UserBlocks _blocks;
    private readonly IEnvironment _environment;
    private readonly RunPair _pair;
    private readonly RoundPlayer _player;
    private readonly ShardGroup? _group;
    private InteractionLogWriter? _log;

    /// <param name="exchange">Tells the other shards something and waits for what comes of it, where shards learn together.</param>
    /// <exception cref="UserMistakeException">The order cannot be carried out here.</exception>
    public Shard(Catalog catalog, ShardOrder order, Device device, Func<SavedState, SavedState> exchange)
    {
        _order = order;
        _held = UserBlocks.Of(order.Shard, order.Shards);
        _blocks = new UserBlocks(order.UserCount);
        _environment = RunPair.CreateEnvironment(catalog, order.Plan, device, _blocks.Users(_held));
        try
        {
            if (_environment.Spec.UserCount != order.UserCount)
                throw new UserMistakeException($"The population has {_environment.Spec.UserCount} users here and {order.UserCount} at the client. Keep the same data at the same place everywhere.");
            _group = order.Merging == Merging.Gradients ? new ShardGroup(order.Shard, order.Shards, exchange) : null;
            _pair = RunPair.Create(catalog, order.Plan, _environment, _group);
            _player = new RoundPlayer(_environment, _pair.Truth, _pair.Agent) { MeasureOracle = order.MeasureOracle };
            if (order.Merging == Merging.Sums && _pair.Agent is not ILearnsFromSums)
                throw new UserMistakeException($"The agent '{order.Plan.Agent}' does not learn from sums.");
            if (order.Merging == Merging.Gradients && _pair.Agent is not ILearnsFromGradients)
                throw new UserMistakeException($"The agent '{order.Plan.Agent}' does not learn from gradients.");
        }
        catch
        {
            _pair?.Dispose();
            _environment.Dispose();
            throw;
        }
    }

    /// <summary>Identifies users, items and truth.</summary>
    public string Fingerprint => _environment.Spec.PopulationFingerprint;

    /// <summary>Carries a command out.</summary>
    /// <param name="request">Borrowed.</param>
    /// <returns>The caller disposes.</returns>
    /// <exception cref="UserMistakeException">The request does not fit, or the log cannot be written.</exception>
    /// <exception cref="ArithmeticException">A number that is none.</exception>
    public SavedState Carry(ShardCommand command, IStateReader request)
    {
        using var scope = NewDisposeScope();
        TakeOnPolicy(request);
        var answer = new SavedState("the answer of a shard");
        try
        {
            Answer(command, request, answer);
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _log?.Dispose();
        _pair.Dispose();
        _environment.Dispose();
    }

    private void Answer(ShardCommand command, IStateReader request, SavedState answer)
    {
        switch (command)
        {
            case ShardCommand.Play:
                Play(request.ReadInt64("round"), answer);
                break;
            case ShardCommand.Save:
                OpenLog();
                _environment.Save(((IStateWriter)answer).Under(EnvironmentPrefix));
                break;
            case ShardCommand.Load:
                _log?.Dispose();
                _log = null;
                _environment.Load(request.Under(EnvironmentPrefix));
                OpenLog();
                break;
            case ShardCommand.ItemSums:
                using (var sums = Experiments.Evaluation.Bounds.ItemSums(_environment, _pair.Truth, _environment.Iteration, request.ReadInt64("seed")))
                    answer.Write("itemSums", sums);
                break;
            case ShardCommand.Bounds:
                using (var sums = request.ReadTensor("itemSums").to(_environment.Spec.Device))
                {
                    var bounds = Experiments.Evaluation.Bounds.Of(_environment, _pair.Truth, _environment.Iteration, request.ReadInt64("seed"), sums);
                    answer.Write("bounds", Numbers(bounds.Random, bounds.BestFixed, bounds.Oracle, bounds.Myopic ?? double.NaN));
                }
                break;
            case ShardCommand.Evaluate:
                var mode = request.ReadInt64("explores") != 0 ? RecommendationMode.Explore : RecommendationMode.Exploit;
                // Bounds are asked for apart.
                var none = new Bounds(double.NaN, double.NaN, double.NaN);
                var evaluation = Evaluator.Evaluate(_environment, _pair.Truth, _pair.Agent, mode, request.ReadInt64("seed"), none);
                answer.Write("means", Numbers(evaluation.MeanResponses, evaluation.MeanExpected, evaluation.Rounds));
                break;
            case ShardCommand.SaveAgent:
                _pair.Agent.Save(((IStateWriter)answer).Under(AgentPrefix));
                break;
            case ShardCommand.LoadAgent:
                _pair.Agent.Load(request.Under(AgentPrefix));
                break;
            default:
                throw new UserMistakeException($"A shard was asked for '{command}', which it does not know. Use the same build of the program everywhere.");
        }
    }

    private void Play(long round, SavedState answer)
    {
        if (round != _environment.Iteration)
            throw new UserMistakeException($"Shard {_order.Shard} was asked to play round {round}, but is at round {_environment.Iteration}.");
        if (_log is null)
            OpenLog();
        _player.Responded = _log is { } log ? feedback => log.Add(feedback, _pair.Agent as IExplainsSlates) : null;
        var heard = 0;
        var figures = _player.Play(feedback =>
        {
            if (_group is not null)
                LearnAlong(_group, feedback, answer);
            else
                _pair.ForEachHeard(feedback, part => Tell(part, ((IStateWriter)answer).Under($"heard.{heard++}")));
        });
        answer.Write("heard", heard);
        answer.Write("figures", Numbers(figures.Users, figures.Responses, figures.Expected, figures.Oracle, figures.SessionsEnded, figures.Seconds));
    }

    private void Tell(Feedback part, IStateWriter writer)
    {
        writer.Write("round", part.Observation.Iteration);
        if (_order.Merging == Merging.Sums)
            SumMerging.Collect((ILearnsFromSums)_pair.Agent, _blocks, _held, part, writer);
        else
            TransitionMerging.Collect(part, writer);
    }

    /// <summary>Learns of a round along with the other shards, also where the shard itself has nobody in it; of a round without anybody no agent is told.</summary>
    private void LearnAlong(ShardGroup group, Feedback feedback, SavedState answer)
    {
        group.Gather(feedback.Observation.UserCount);
        if (group.Rows.Sum() == 0)
            return;
        _pair.Agent.Learn(feedback);
        var writer = ((IStateWriter)answer).Under(DiagnosticsPrefix);
        // A state is in the order of its names: numbers before them keep the agent's own.
        foreach (var (place, (name, value)) in _pair.Agent.Diagnose().Index())
            writer.Write($"{place:D4}.{name}", Numbers(value));
    }

    /// <summary>Puts the log on disk as far as the run has come, and opens it for what follows.</summary>
    private void OpenLog()
    {
        if (_order.Log is null)
            return;
        var (plan, spec) = (_order.Plan, _environment.Spec);
        _log?.Complete();
        _log?.Dispose();
        _log = null;
        var run = new LoggedRun(0, plan.Agent, plan.AgentOptions, plan.Environment, plan.EnvironmentOptions, plan.DataFolder, spec.PopulationFingerprint, spec.SlateSize, plan.Seed);
        var started = Stopwatch.GetTimestamp();
        while (_log is null)
        {
            try
            {
                _log = InteractionLogWriter.GoOn(ShardedLog.FolderOf(_order.Log, _order.Shard), _environment.Iteration, run, _environment.Population);
            }
            catch (UserMistakeException mistake) when (mistake.InnerException is IOException && Stopwatch.GetElapsedTime(started).TotalSeconds < _order.LogPatience)
            {
                Thread.Sleep(s_pause);
            }
        }
    }

    private void TakeOnPolicy(IStateReader request)
    {
        if (request.ReadInt64("hasPolicy") == 0)
            return;
        var policy = request.Under(PolicyPrefix);
        if (_pair.Agent is IHasPolicyState apart)
            apart.LoadPolicy(policy);
        else
            _pair.Agent.Load(policy);
    }

    private static Tensor Numbers(params double[] values) => tensor(values, ScalarType.Float64);
}
