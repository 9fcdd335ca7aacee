namespace Functional.CSharp;

/// <summary>The values that the units of an energy-based model take.</summary>
public static class UnitKinds
{
    extension(Units)
    {
        /// <summary>Groups of so many units of which one is 1 and the others 0 (Potts).</summary>
        public static Units OneOf(int states) => Units.NewSoftmax(states);
    }
}
