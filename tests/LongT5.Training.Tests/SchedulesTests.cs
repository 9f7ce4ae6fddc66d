namespace LongT5.Training.Tests;

public sealed class SchedulesTests
{
    [Theory]
    [InlineData(0, 0.01)]
    [InlineData(9_999, 0.01)]
    [InlineData(40_000, 0.005)]
    [InlineData(1_000_000, 0.001)]
    public void Pre_training_has_the_inverse_square_root_of_the_step_after_ten_thousand(long step, double rate)
        => Assert.Equal(rate, new Schedule { Decay = Decay.InverseSqrt, WarmUp = 10_000 }.At(step, 1_000_000), 4);

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(9, 1)]
    [InlineData(50, 1)]
    [InlineData(75, 0.6)]
    [InlineData(100, 0.2)]
    public void A_linear_rate_rises_holds_and_falls_to_its_floor(long step, double factor)
        => Assert.Equal(factor, new Schedule { Decay = Decay.Linear, WarmUp = 10, Hold = 0.5, Floor = 0.2 }.At(
            step, 100), 9);

    [Fact]
    public void A_cosine_is_half_way_in_the_middle()
        => Assert.Equal(0.5, new Schedule { Decay = Decay.Cosine }.At(50, 100), 9);

    [Fact]
    public void A_constant_rate_stays()
        => Assert.Equal(1, new Schedule().At(12345, 100));
}
