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
                    $"a learning rate is a finite number of at least 0, but at step {step} it is {value}"

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
