using System.Runtime.InteropServices;

namespace LongT5.Model;

/// <summary>The rows of one call, of any sessions: those of a network go through it together.</summary>
sealed class DecoderCall
{
    private readonly List<Group> _groups = [];

    /// <summary>Adds a row.</summary>
    /// <param name="decoder">A decoder of its network; the first one computes for all.</param>
    /// <param name="row">The row.</param>
    public void Add(Decoder decoder, DecoderRow row)
    {
        var group = 0;
        while (group < _groups.Count && _groups[group].Decoder.Weights != decoder.Weights)
            group++;
        if (group == _groups.Count)
            _groups.Add(new(decoder));
        _groups[group].Add(row);
    }

    /// <summary>Decodes all rows.</summary>
    /// <param name="cancellation">Honoured between layers.</param>
    public void Run(CancellationToken cancellation)
    {
        foreach (var group in _groups)
            group.Run(cancellation);
    }

    /// <summary>Forgets all rows.</summary>
    public void Clear()
    {
        foreach (var group in _groups)
            group.Clear();
    }

    private sealed unsafe class Group(Decoder decoder)
    {
        private readonly List<DecoderRow> _rows = [];
        private int _silent;

        public Decoder Decoder => decoder;

        // Whose logits are not wanted, that comes before all others.
        public void Add(DecoderRow row) => _rows.Insert(row.Logits is null ? _silent++ : _rows.Count, row);

        public void Run(CancellationToken cancellation)
            => decoder.Run(CollectionsMarshal.AsSpan(_rows), cancellation);

        public void Clear()
        {
            _rows.Clear();
            _silent = 0;
        }
    }
}
