namespace Functional

/// A number for each step, counted from 0.
type Schedule = int -> float

namespace Functional.FSharp

open Functional

/// Schedules of learning rates and the like.
[<RequireQualifiedAccess>]
module Schedule =

    let private guard () = Nesting.guard "Schedule" "schedules"

    let private positive name what (steps: int) =
        if steps < 1 then
            invalidArg name $"{what}: the number of steps is positive, not {steps}"

    let private finite name what (value: float) =
        if not (System.Double.IsFinite value) then
            invalidArg name $"{what}: {name} is a finite number, not {invariant value}"

    // The part of the first and the rest of the second; their difference may be no finite number.
    let private between (first: float) (second: float) (part: float) = part * first + (1.0 - part) * second

    /// The same number at every step.
    let constant (value: float) : Schedule =
        finite (nameof value) "constant" value
        fun _ -> value

    /// value·factor^⌊step/steps⌋: once every so many steps. With an epoch's steps it is the notes' exponential decay, else the
    /// decay by steps.
    let decay (value: float) (factor: float) (steps: int) : Schedule =
        finite (nameof value) "decay" value

        if not (factor >= 0.0 && factor < infinity) then
            invalidArg (nameof factor) $"decay: the factor is a finite number of at least 0, not {invariant factor}"

        positive (nameof steps) "decay" steps
        fun step -> if value = 0.0 then 0.0 else value * factor ** float (step / steps)

    /// From `value` down to `final` along half a cosine over so many steps, then constant (Loshchilov and Hutter 2017, https://arxiv.org/abs/1608.03983).
    let cosine (value: float) (final: float) (steps: int) : Schedule =
        finite (nameof value) "cosine" value
        finite (nameof final) "cosine" final
        positive (nameof steps) "cosine" steps

        fun step ->
            let at = float (min step steps) / float steps
            between value final (0.5 * (1.0 + cos (System.Math.PI * at)))

    /// value·ln 2/ln(step + 2): the cooling under which simulated annealing finds the least energy for a large enough value (Geman
    /// and Geman 1984, https://doi.org/10.1109/TPAMI.1984.4767596).
    let logarithmic (value: float) : Schedule =
        finite (nameof value) "logarithmic" value
        fun step -> value * log 2.0 / log (float step + 2.0)

    /// Linear from 0 over the first so many steps, then the other schedule from its beginning: after(0)·(step + 1)/steps while
    /// step < steps, then after(step - steps).
    let warmup (steps: int) (after: Schedule) : Schedule =
        positive (nameof steps) "warmup" steps

        fun step ->
            guard ()

            if step < steps then
                after 0 * float (step + 1) / float steps
            else
                after (step - steps)

    /// The value of each piece from its first step on: [ 0, 0.1; 1000, 0.01 ].
    let pieces (values: (int * float) seq) : Schedule =
        let values = values |> Seq.sortBy fst |> Seq.toArray

        if values.Length = 0 || fst values[0] <> 0 then
            invalidArg (nameof values) "pieces: the first piece must begin at step 0"

        for from, value in values do
            if not (System.Double.IsFinite value) then
                invalidArg
                    (nameof values)
                    $"pieces: the values are finite numbers, but from step {from} on it is {invariant value}"

        fun step ->
            match values |> Array.tryFindBack (fun (from, _) -> from <= step) with
            | Some(_, value) -> value
            | None -> invalidArg (nameof step) $"pieces: a step is at least 0, not {step}"

    /// From `value` to `final` as final + (value - final)·(1 - step/steps)^power, then constant.
    let polynomial (power: float) (value: float) (final: float) (steps: int) : Schedule =
        if not (power > 0.0 && power < infinity) then
            invalidArg (nameof power) $"polynomial: the power is a finite number above 0, not {invariant power}"

        finite (nameof value) "polynomial" value
        finite (nameof final) "polynomial" final
        positive (nameof steps) "polynomial" steps
        fun step -> between value final ((1.0 - float (min step steps) / float steps) ** power)

    /// From `value` to `final` in a straight line over so many steps, then constant.
    let linear (value: float) (final: float) (steps: int) : Schedule = polynomial 1.0 value final steps

    /// One schedule for the first so many steps, then another from its beginning.
    let join (steps: int) (first: Schedule) (next: Schedule) : Schedule =
        if steps < 0 then
            invalidArg (nameof steps) $"join: the number of steps of the first schedule is at least 0, not {steps}"

        fun step ->
            guard ()
            if step < steps then first step else next (step - steps)

    /// Up from value/25 to the value along half a cosine over the first part of the steps, then down to value/250000: one cycle
    /// (Smith and Topin 2018, https://arxiv.org/abs/1708.07120).
    let oneCycle (value: float) (part: float) (steps: int) : Schedule =
        finite (nameof value) "oneCycle" value
        positive (nameof steps) "oneCycle" steps

        if not (part > 0.0 && part < 1.0) then
            invalidArg
                (nameof part)
                $"oneCycle: the part of the steps that go up is above 0 and below 1, not {invariant part}"

        let up = max 1 (int (part * float steps))
        join up (cosine (value / 25.0) value up) (cosine value (value / 250_000.0) (max 1 (steps - up)))

    /// Half cosines from `value` to `final`, the first over so many steps, each next one `factor` times as long: warm restarts
    /// (Loshchilov and Hutter 2017, https://arxiv.org/abs/1608.03983).
    let restarts (value: float) (final: float) (steps: int) (factor: int) : Schedule =
        finite (nameof value) "restarts" value
        finite (nameof final) "restarts" final
        positive (nameof steps) "restarts" steps
        positive (nameof factor) "restarts, factor" factor

        // Lengths may pass any step, so they are of 64 bits.
        let rec within (length: int64) (step: int64) =
            if step < length then
                between value final (0.5 * (1.0 + cos (System.Math.PI * float step / float length)))
            else
                within (length * int64 factor) (step - length)

        fun step ->
            if factor = 1 then
                within (int64 steps) (int64 (step % steps))
            else
                within (int64 steps) (int64 step)
