namespace Functional.FSharp

open Functional

/// The optimizers of the field, each a chain of transforms. A rate is a schedule; negative ones are refused.
[<RequireQualifiedAccess>]
module Optimizer =

    // Downhill by the rate of the step.
    let private descend (rate: Schedule) =
        let checkedRate step =
            let value = rate step

            if not (value >= 0.0 && value < infinity) then
                invalidArg
                    (nameof rate)
                    $"a learning rate is a finite number of at least 0, but at step {step} it is {invariant value}"

            -value

        // A rate that is wrong from the start is refused before training.
        checkedRate 0 |> ignore
        Transform.scaleBy checkedRate

    /// p ← p - rate·g
    let sgd (rate: Schedule) : Transform = Transform.chain [ descend rate ]

    /// v ← μ·v + g, p ← p - rate·v
    let momentum (rate: Schedule) (mu: float) : Transform = Transform.chain [ Transform.momentum mu; descend rate ]

    /// Adam with β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸.
    let adam (rate: Schedule) : Transform = Transform.chain [ Transform.adam 0.9 0.999 1e-8; descend rate ]

    /// Adam with decoupled decay of the weights: p ← p - rate·(m̂/(√v̂ + ε) + decay·p).
    let adamW (rate: Schedule) (decay: float) : Transform =
        Transform.chain [ Transform.adam 0.9 0.999 1e-8; Transform.decayWeights decay; descend rate ]

    /// Nesterov's momentum, in PyTorch's form: v ← μ·v + g, p ← p - rate·(g + μ·v).
    let nesterov (rate: Schedule) (mu: float) : Transform = Transform.chain [ Transform.nesterov mu; descend rate ]

    /// Adagrad with ε = 10⁻¹⁰.
    let adagrad (rate: Schedule) : Transform = Transform.chain [ Transform.adagrad 1e-10; descend rate ]

    /// RMSProp with ρ = 0.99, ε = 10⁻⁸ behind the root.
    let rmsProp (rate: Schedule) : Transform = Transform.chain [ Transform.rmsProp 0.99 1e-8; descend rate ]

    /// AMSGrad with β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸.
    let amsgrad (rate: Schedule) : Transform = Transform.chain [ Transform.amsgrad 0.9 0.999 1e-8; descend rate ]

    /// NAdam with β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸.
    let nadam (rate: Schedule) : Transform = Transform.chain [ Transform.nadam 0.9 0.999 1e-8; descend rate ]

    /// RAdam with β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸.
    let radam (rate: Schedule) : Transform = Transform.chain [ Transform.radam 0.9 0.999 1e-8; descend rate ]

    /// Lion with β₁ = 0.9, β₂ = 0.99 and decoupled decay of the weights. Its rate is a third to a tenth of Adam's.
    let lion (rate: Schedule) (decay: float) : Transform =
        Transform.chain [ Transform.lion 0.9 0.99; Transform.decayWeights decay; descend rate ]

    /// LAMB with β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁶ and decay of the weights: AdamW whose steps are measured by the parameters' length.
    let lamb (rate: Schedule) (decay: float) : Transform =
        Transform.chain
            [ Transform.adam 0.9 0.999 1e-6; Transform.decayWeights decay; Transform.trustRatio; descend rate ]

    /// Adafactor with updates shortened to a root mean square of 1.
    let adafactor (rate: Schedule) : Transform = Transform.chain [ Transform.adafactor 1.0; descend rate ]
