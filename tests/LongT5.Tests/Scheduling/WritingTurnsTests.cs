using LongT5.Scheduling;

namespace LongT5.Tests.Scheduling;

/// <summary>Who is in a step.</summary>
public sealed class WritingTurnsTests
{
    private const double Weights = 500e6; // of base size

    private static StepCost Of(double megabytes, double operations = 0)
        => new(operations == 0 ? megabytes : operations, Weights, megabytes * 1e6);

    [Fact]
    public void All_are_in_a_step_whose_inputs_are_no_more_to_read_than_the_weights()
        => Assert.Equal([true, true, true], new WritingTurns().Next([Of(300), Of(70), Of(200)]));

    [Fact]
    public void Who_has_least_work_is_in_every_step_and_who_would_hold_it_up_in_a_quarter_of_what_is_read()
    {
        var turns = new WritingTurns();
        var (first, others, steps, all) = (0, 0, 0, 0.0);
        for (; steps < 400; steps++)
        {
            var chosen = turns.Next([Of(600), Of(40), Of(900)]);
            Assert.Equal(chosen[0], chosen[2]);
            first += chosen[1] ? 1 : 0;
            others += chosen[0] ? 1 : 0;
            all += Weights + 40e6 + (chosen[0] ? 1500e6 : 0);
        }
        Assert.Equal(steps, first);
        Assert.InRange(others * 1500e6 / all, 0.2, 0.3);
    }

    [Fact]
    public void One_alone_is_in_its_step_however_long_its_input()
        => Assert.Equal([true], new WritingTurns().Next([Of(9000)]));

    [Fact]
    public void Where_weights_stay_in_the_cache_every_step_is_of_all()
        => Assert.Equal([true, true, true],
            new WritingTurns().Next([new(1, 8e6, 2e6), new(2, 8e6, 25e6), new(3, 8e6, 25e6)]));
}
