using System.Text.Json.Serialization;
using RecDeepRL.Data.Files;

namespace RecDeepRL.Data.Populations;

/// <summary>Draws profiles of users who do not exist, after a fit to some who do. A generator holds nothing but numbers and texts:
/// its public properties are what a file of it holds (<see cref="GeneratorFile"/>).</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(ResampleGenerator), ResampleGenerator.Kind)]
[JsonDerivedType(typeof(IndependentGenerator), IndependentGenerator.Kind)]
[JsonDerivedType(typeof(CopulaGenerator), CopulaGenerator.Kind)]
[JsonDerivedType(typeof(VaeGenerator), VaeGenerator.Kind)]
[JsonDerivedType(typeof(MixtureGenerator), MixtureGenerator.Kind)]
public interface IProfileGenerator
{
    /// <summary>Draws profiles. The same count and seed give the same profiles.</summary>
    /// <param name="count">At least 1.</param>
    /// <returns>The columns of the profiles that were fitted, in the same types, without keys.</returns>
    /// <exception cref="Core.UserMistakeException">More are asked for than there can be.</exception>
    DataTable Sample(int count, long seed);

    /// <summary>Checks what was read from a file.</summary>
    /// <exception cref="InvalidDataException">The parts do not fit together; the message says which.</exception>
    void Check();
}
