namespace Functional

/// A number for each step, counted from 0.
type Schedule = int -> float

namespace Functional.FSharp

open Functional

/// Schedules of learning rates and the like.
[<RequireQualifiedAccess>]
module Schedule =

    /// The same number at every step.
    let constant (value: float) : Schedule = fun _ -> value

    /// value·factor^⌊step/steps⌋: the notes' decay, once every so many steps.
    let decay (value: float) (factor: float) (steps: int) : Schedule =
        if steps < 1 then
            invalidArg (nameof steps) $"decay: the number of steps between two decays is positive, not {steps}"

        fun step -> value * factor ** float (step / steps)

    /// From `value` down to `final` along half a cosine over so many steps, then constant (Loshchilov and Hutter 2017, https://arxiv.org/abs/1608.03983).
    let cosine (value: float) (final: float) (steps: int) : Schedule =
        if steps < 1 then
            invalidArg (nameof steps) $"cosine: the number of steps is positive, not {steps}"

        fun step ->
            let at = float (min step steps) / float steps
            final + 0.5 * (value - final) * (1.0 + cos (System.Math.PI * at))

    /// Linear from 0 over the first so many steps, then the other schedule from its beginning.
    let warmup (steps: int) (after: Schedule) : Schedule =
        if steps < 1 then
            invalidArg (nameof steps) $"warmup: the number of steps is positive, not {steps}"

        fun step ->
            if step < steps then
                after 0 * float (step + 1) / float steps
            else
                after (step - steps)
