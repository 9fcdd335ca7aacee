namespace Functional.CSharp;

/// <summary>How a moment of the gradients x₁, x₂, … is kept from step to step.</summary>
public static class Accumulations
{
    extension(Accumulation)
    {
        /// <summary>aₜ = β·aₜ₋₁ + (1-β)·xₜ from a₀ = 0.</summary>
        public static Accumulation MovingAverage(double beta) => Accumulation.NewAverage(beta);

        /// <summary>The moving average divided by 1 - βᵗ, which takes out the pull of a₀ = 0.</summary>
        public static Accumulation CorrectedAverage(double beta) => Accumulation.NewCorrected(beta);
    }
}
