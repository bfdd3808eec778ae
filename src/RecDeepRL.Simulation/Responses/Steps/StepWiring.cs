using RecDeepRL.Core.Options;

namespace RecDeepRL.Simulation.Responses.Steps;

/// <summary>Which earlier steps each step of a pipeline takes, found by name.</summary>
internal static class StepWiring
{
    /// <param name="option">Name of the option that holds the parts, for messages.</param>
    /// <param name="parts">Steps of known kinds.</param>
    /// <param name="steps">Their options.</param>
    /// <param name="faults">Takes every fault: an unknown, later or repeated name, a step nobody uses, weights of another number than inputs.</param>
    /// <returns>For each step, the positions of its inputs; complete where there are no faults.</returns>
    public static int[][] Wire(string option, PartList parts, IReadOnlyList<ResponseStepOptions> steps, List<string> faults)
    {
        if (steps.Count == 0)
            faults.Add($"{option} was empty, must hold at least one step");
        var names = steps.Select((step, index) => step.Output ?? parts[index].Kind).ToList();
        var wires = new int[steps.Count][];
        foreach (var (index, step) in steps.Index())
        {
            var where = OptionsBinder.PartName(option, index, parts[index]);
            if (names[index].Length == 0)
                faults.Add($"{where}: output was empty, must be a name, or none");
            else if (names.IndexOf(names[index]) < index)
                faults.Add($"{where}: the output '{names[index]}' is that of an earlier step too, must differ; give it an output name of its own");
            wires[index] = step.InputNames is { } wanted
                ? [.. wanted.Select(name => Find(name, index, where)).Where(source => source >= 0)]
                : index > 0 ? [index - 1] : [];
            var inputCount = step.InputNames?.Count ?? wires[index].Length;
            if (step.NeedsInput && inputCount == 0)
                faults.Add($"{where}: it has no input, must have the output of an earlier step");
            else if (step.WeightCount is { } weights && weights != inputCount)
                faults.Add($"{where}: weights has {weights} value{(weights == 1 ? "" : "s")}, must have one for each of its {inputCount} input{(inputCount == 1 ? "" : "s")}");
        }
        // While a name is wrong, the step that was meant looks unused.
        if (faults.Count == 0)
            faults.AddRange(Enumerable.Range(0, steps.Count - 1).Where(index => !wires.Any(inputs => inputs.Contains(index)))
                .Select(index => $"{OptionsBinder.PartName(option, index, parts[index])}: no later step uses the output '{names[index]}'; name it among the inputs of one, or leave the step out"));
        return wires;

        int Find(string name, int index, string where)
        {
            var found = names.IndexOf(name);
            if (found < 0)
                faults.Add($"{where}: there is no step with the output '{name}'.{NearName.Suggest(name, names.Take(index))} Earlier outputs are {Listed(index)}");
            else if (found >= index)
                faults.Add($"{where}: the output '{name}' {(found == index ? "is its own" : "is that of a later step")}, must be of an earlier one: {Listed(index)}");
            return found < index ? found : -1;
        }

        string Listed(int count) => count == 0 ? "none" : string.Join(", ", names.Take(count));
    }
}
