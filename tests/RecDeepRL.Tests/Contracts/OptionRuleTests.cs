using System.ComponentModel.DataAnnotations;
using RecDeepRL.Agents.Collaborative;
using RecDeepRL.Agents.Contextual;
using RecDeepRL.Agents.Neural;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Simulation.Choices;
using RecDeepRL.Simulation.Environments;
using RecDeepRL.Simulation.Responses.Steps;
using StepLogisticOptions = RecDeepRL.Simulation.Responses.Steps.LogisticOptions;

namespace RecDeepRL.Tests.Contracts;

/// <summary>Rules between options: everything registered that has some is tried with options that break each.</summary>
public sealed class OptionRuleTests
{
    /// <summary>Settings that break a rule, and what the message has to say, by the type that states the rule.</summary>
    private static readonly Dictionary<Type, (string[] Settings, string Says)[]> s_broken = new()
    {
        [typeof(NetworkOptions)] = [(["batchSize=11", "replayCapacity=10"], "batchSize was 11, must be at most replayCapacity, 10")],
        [typeof(ReplayOptions)] = [(["batchSize=11", "replayCapacity=10"], "batchSize was 11, must be at most replayCapacity, 10")],
        [typeof(NeuralLinUcbOptions)] = [(["ownOutput=false", "loss=logistic"], "ownOutput was false")],
        [typeof(KnnOptions)] = [(["neighbours=11", "memory=10"], "neighbours was 11, must be at most memory, 10")],
        [typeof(ItemModelOptions)] = [(["rows=answers", "pairEvidence=true"], "pairEvidence was true, must be false where rows is answers")],
        [typeof(ImplicitAlsOptions)] = [(["preference=ever-answered", "pairEvidence=true"], "pairEvidence was true, must be false where preference is ever-answered")],
        [typeof(PositionBasedOptions)] = [(["examination=[0.5,1]"], "examination was [0.5,1], must not rise")],
        [typeof(LinearDriftOptions)] = [(["offsets=[]"], "offsets was empty"), (["start=5", "end=5"], "end was 5, must be later than start")],
        [typeof(SeasonalDriftOptions)] = [(["phases=[]"], "phases was empty")],
        [typeof(AbruptDriftOptions)] = [(["permute=false", "offsets=none"], "permute was false and offsets was none")],
        [typeof(StepLogisticOptions)] =
        [
            (["userWeights=[1]", "userDeviation=1"], "userWeights and userDeviation"), (["itemWeights=[1]", "itemDeviation=1"], "itemWeights and itemDeviation"),
            (["interactionWeights=[1]", "interactionDeviation=1"], "interactionWeights and interactionDeviation"),
        ],
        [typeof(ComposedOptions)] =
        [
            (["choice=[]"], "choice holds 0 parts"), (["response=[]"], "response"), (["dynamics=[\"satiation\",\"satiation\"]"], "dynamics holds 2 parts of the kind 'satiation'"),
            (["returnAfter=5", "sessionLimit=none"], "returnAfter was given"), (["userColumns=age"], "userColumns was given"), (["itemColumns=age"], "itemColumns was given"),
        ],
    };

    public static TheoryData<Type> Ruled =>
        [.. RegistryTests.Options.Select(row => (Type)row[0]).Distinct().Where(type => type.IsAssignableTo(typeof(IValidatableObject)))];

    [Theory]
    [MemberData(nameof(Ruled))]
    public void OptionsThatDoNotGoTogetherAreRefused(Type optionsType)
    {
        var examples = s_broken.Where(entry => optionsType.IsAssignableTo(entry.Key)).SelectMany(entry => entry.Value).ToList();
        var stated = optionsType.GetMethod(nameof(IValidatableObject.Validate))!.DeclaringType!;
        Assert.True(s_broken.ContainsKey(stated), $"the rules of {stated.Name} have no example that breaks them");
        foreach (var (settings, says) in examples)
        {
            var message = Assert.Throws<UserMistakeException>(() =>
                OptionsBinder.Bind(optionsType, settings.Select(text => KeyValuePair.Create(text.Split('=', 2)[0], text.Split('=', 2)[1])))).Message;
            Assert.StartsWith($"{optionsType.Name} is invalid: ", message, StringComparison.Ordinal);
            Assert.Contains(says, message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', message);
        }
    }
}
