using LongT5.Kernels;

namespace LongT5.Tests.Kernels;

public class LifetimeTests
{
    private sealed class Part(List<string> freed, string name) : IDisposable
    {
        public void Dispose() => freed.Add(name);
    }

    [Fact]
    public void What_is_kept_is_freed_when_the_owner_lets_go_the_latest_first_and_once()
    {
        var freed = new List<string>();
        var lifetime = new Lifetime();
        lifetime.Keep(new Part(freed, "first"));
        lifetime.Keep(new Part(freed, "second"));
        lifetime.Dispose();
        lifetime.Dispose();
        Assert.Equal(["second", "first"], freed);
    }

    [Fact]
    public void A_lease_puts_the_end_off_and_a_later_one_is_refused()
    {
        var freed = new List<string>();
        var lifetime = new Lifetime();
        lifetime.Keep(new Part(freed, "part"));
        var lease = lifetime.Use(this);
        lifetime.Dispose();
        Assert.Empty(freed);
        Assert.Throws<ObjectDisposedException>(() => lifetime.Use(this));
        lease.Dispose();
        Assert.Equal(["part"], freed);
    }

    [Fact]
    public void What_comes_after_the_end_is_freed_at_once_and_refused()
    {
        var freed = new List<string>();
        var lifetime = new Lifetime();
        lifetime.Dispose();
        Assert.Throws<ObjectDisposedException>(() => lifetime.Keep(new Part(freed, "late")));
        Assert.Equal(["late"], freed);
    }

    [Fact]
    public void Leases_of_many_threads_beside_the_owners_end_free_once_and_never_while_one_is_held()
    {
        for (var round = 0; round < 200; round++)
        {
            var freed = new List<string>();
            var lifetime = new Lifetime();
            lifetime.Keep(new Part(freed, "part"));
            var early = false;
            Parallel.For(0, 8, i =>
            {
                if (i == 3)
                    lifetime.Dispose();
                try
                {
                    using var lease = lifetime.Use(lifetime);
                    early |= freed.Count > 0;
                }
                catch (ObjectDisposedException)
                {
                    // It came too late, which is fine.
                }
            });
            Assert.False(early);
            Assert.Equal(["part"], freed);
        }
    }
}
