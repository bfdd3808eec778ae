using RecDeepRL.Agents.Collaborative;
using RecDeepRL.Agents.Neural;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Collaborative;

public sealed class RowAdamTests
{
    private readonly RandomStream _draws = new(8, "adam");

    [Fact]
    public void WithAllRowsItIsAdam()
    {
        using var scope = NewDisposeScope();
        using var block = new ParameterBlock([new("table", .5, 4, 3)], CPU);
        block.Initialise(_draws);
        var table = block.Values.clone().reshape(4, 3);
        using var whole = new Adam(block, .02);
        using var rows = new RowAdam(table, .02);
        for (var step = 1; step <= 30; step++)
        {
            var gradient = _draws.Normal(step, CPU, 4, 3);
            whole.Step(block.Values, gradient.reshape(-1));
            rows.Step(table, gradient, null);
        }
        Assert.True(table.reshape(-1).allclose(block.Values, 1e-5, 1e-6));
    }

    [Fact]
    public void RowsMoveOnlyInTheirOwnStepsAndAsIfTheseWereAll()
    {
        // Row 1 takes part in every second step: it ends where a table of its own ends after those steps alone.
        using var scope = NewDisposeScope();
        var (table, alone) = (_draws.Normal(0, CPU, 3, 2), _draws.Normal(0, CPU, 3, 2).narrow(0, 1, 1).clone());
        var start = table.clone();
        using var rows = new RowAdam(table, .02);
        using var own = new RowAdam(alone, .02);
        for (var step = 1; step <= 20; step++)
        {
            var gradient = _draws.Normal(step, CPU, 2, 2);
            var takesPart = step % 2 == 0;
            rows.Step(table, takesPart ? gradient : gradient.narrow(0, 0, 1), tensor(takesPart ? new long[] { 2, 1 } : [2]));
            if (takesPart)
                own.Step(alone, gradient.narrow(0, 1, 1), null);
        }
        Assert.True(table.narrow(0, 1, 1).allclose(alone, 1e-6, 1e-7));
        Assert.True(table[0].SameAs(start[0]));
    }
}
