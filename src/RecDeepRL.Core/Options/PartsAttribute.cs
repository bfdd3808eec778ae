namespace RecDeepRL.Core.Options;

/// <summary>Parts that a component can be composed of, by name.</summary>
public interface IPartRegistry
{
    /// <summary>What each of them is, in the singular, such as <c>response step</c>.</summary>
    static abstract string Label { get; }

    static abstract IReadOnlyList<IComponentDescription> Descriptions { get; }
}

/// <summary>Tells which parts an option of type <see cref="PartList"/> may hold.</summary>
[AttributeUsage(AttributeTargets.Property)]
public abstract class PartsAttribute : Attribute
{
    /// <inheritdoc cref="IPartRegistry.Label"/>
    public abstract string Label { get; }

    public abstract IReadOnlyList<IComponentDescription> Descriptions { get; }
}

/// <inheritdoc/>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PartsAttribute<TRegistry> : PartsAttribute
    where TRegistry : IPartRegistry
{
    public override string Label => TRegistry.Label;

    public override IReadOnlyList<IComponentDescription> Descriptions => TRegistry.Descriptions;
}
