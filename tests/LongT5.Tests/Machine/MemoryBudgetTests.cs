using LongT5.Machine;

namespace LongT5.Tests.Machine;

public class MemoryBudgetTests
{
    private long _available = 1000, _held = 200;

    private MemoryBudget Budget => field ??= new(() => _available, () => _held);

    [Fact]
    public void What_one_request_reserves_another_does_not_get()
    {
        using var first = Budget.Reserve(600);
        Assert.Equal(360, Budget.Room);
        Assert.Throws<InsufficientMemoryException>(() => Budget.Reserve(500));
        using var second = Budget.Reserve(400);
        Assert.Equal(0, Budget.Room);
    }

    [Fact]
    public void What_a_request_has_taken_already_is_not_subtracted_twice()
    {
        using var request = Budget.Reserve(600);
        (_available, _held) = (1000 - 500, 200 + 500);
        Assert.Equal((500 - 100) / 10 * 9, Budget.Room);
    }

    [Fact]
    public void A_reservation_is_given_back_once()
    {
        var request = Budget.Reserve(600);
        request.Dispose();
        request.Dispose();
        using var all = Budget.Reserve(1000);
        Assert.Equal(0, Budget.Room);
    }

    [Fact]
    public void The_refusal_says_what_is_free_and_what_others_hold()
    {
        (_available, _held) = (1000L << 20, 0);
        using var request = Budget.Reserve(900L << 20);
        var refusal = Assert.Throws<InsufficientMemoryException>(() => Budget.Reserve(300L << 20));
        Assert.Equal("300 MiB of memory are needed and 100 MiB are free, beside 900 MiB of requests that run; try "
            + "again when they are done.", refusal.Message);
    }
}
