namespace Functional.CSharp;

/// <summary>Transforms that keep moments of the gradients.</summary>
public static partial class Transforms
{
    /// <summary>
    /// The notes' form, by which five optimizers are one: m of the gradients, V of their squares, g ← m/(√V + ε),
    /// or m where V is One. SGD is (Latest, One), SGDM (Average(β), One), Adagrad (Latest, Sum), RMSProp (Latest,
    /// Average(β)), Adam (CorrectedAverage(β₁), CorrectedAverage(β₂)).
    /// </summary>
    public static Transform Moments(Accumulation first, Accumulation second, double epsilon = 1e-8) =>
        Momenta.moments(Bridge.Given(first), Bridge.Given(second), epsilon);

    /// <summary>v ← μ·v + g, g ← g + μ·v: Nesterov's momentum (Sutskever et al. 2013), in PyTorch's form.</summary>
    public static Transform Nesterov(double mu) => Momenta.nesterov(mu);

    /// <summary>
    /// m ← μ·m + (1-μ)·g, g ← m: the notes' momentum. At a rate of r/(1-μ) it is Momentum at the rate r.
    /// </summary>
    public static Transform AverageMomentum(double mu) => Momenta.averageMomentum(mu);

    /// <summary>s ← s + g², g ← g/(√s + ε) (Duchi, Hazan and Singer 2011).</summary>
    public static Transform Adagrad(double epsilon = 1e-10) => Momenta.adagrad(epsilon);

    /// <summary>
    /// v ← ρ·v + (1-ρ)·g², g ← g/(√v + ε) (Tieleman and Hinton 2012), the root before ε as in PyTorch.
    /// </summary>
    public static Transform RmsProp(double decay = 0.99, double epsilon = 1e-8) => Momenta.rmsProp(decay, epsilon);

    /// <summary>v ← ρ·v + (1-ρ)·g², g ← g/√(v + ε), ε under the root as in TensorFlow.</summary>
    public static Transform RmsPropInside(double decay = 0.99, double epsilon = 1e-8) =>
        Momenta.rmsPropInside(decay, epsilon);

    /// <summary>
    /// Adam with the largest v so far in the place of v: u ← max(u, v), g ← m̂/(√û + ε) with û = u/(1-β₂ᵗ), in PyTorch's
    /// form (Reddi, Kale and Kumar 2018, https://arxiv.org/abs/1904.09237).
    /// </summary>
    public static Transform Amsgrad(double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8) =>
        Momenta.amsgrad(beta1, beta2, epsilon);

    /// <summary>
    /// Adam with Nesterov's momentum (Dozat 2016), which grows as μₜ = β₁(1 - ½·0.96^(0.004·t)), in PyTorch's form:
    /// g ← (μₜ₊₁·m/(1 - μ₁⋯μₜ₊₁) + (1-μₜ)·g/(1 - μ₁⋯μₜ))/(√v̂ + ε).
    /// </summary>
    public static Transform Nadam(double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8) =>
        Momenta.nadam(beta1, beta2, epsilon);

    /// <summary>
    /// Adam that holds v back until its variance can be told (Liu et al. 2020, https://arxiv.org/abs/1908.03265): with
    /// ρ∞ = 2/(1-β₂) - 1 and ρ = ρ∞ - 2t·β₂ᵗ/(1-β₂ᵗ), g ← r·m̂·√(1-β₂ᵗ)/(√v + ε), r² = (ρ-4)(ρ-2)ρ∞/((ρ∞-4)(ρ∞-2)ρ),
    /// where ρ > 5, and g ← m̂ before.
    /// </summary>
    public static Transform Radam(double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8) =>
        Momenta.radam(beta1, beta2, epsilon);

    /// <summary>
    /// g ← sign(β₁m + (1-β₁)g), m ← β₂m + (1-β₂)g (Chen et al. 2023, https://arxiv.org/abs/2302.06675).
    /// </summary>
    public static Transform Lion(double beta1 = 0.9, double beta2 = 0.99) => Momenta.lion(beta1, beta2);

    /// <summary>
    /// g ← g·|p|/|g| for each tensor, or g where one of the two is zero: LAMB's trust ratio (You et al. 2020,
    /// https://arxiv.org/abs/1904.00962).
    /// </summary>
    public static Transform TrustRatio => Momenta.trustRatio;

    /// <summary>
    /// Adam's second moment in the memory of a row and a column for each matrix, updates shortened to a root mean
    /// square of clip (Shazeer and Stern 2018, https://arxiv.org/abs/1804.04235; without relative step sizes).
    /// </summary>
    public static Transform Adafactor(double clip = 1) => Momenta.adafactor(clip);
}
