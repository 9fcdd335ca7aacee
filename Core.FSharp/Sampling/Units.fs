namespace Functional

open System

/// The values that the units of an energy-based model take.
[<RequireQualifiedAccess>]
type Units =
    /// 0 or 1.
    | Bernoulli
    /// -1 or 1.
    | Spin
    /// Real numbers, of variance 1 given the others.
    | Gaussian
    /// Real numbers from 0 up: a normal number of variance 1 given that it is not negative.
    | Rectified
    /// Groups of so many units of which one is 1 and the others 0 (Potts).
    | Softmax of states: int

    /// The result of the function for these units.
    member units.Match
        (bernoulli: Func<'r>, spin: Func<'r>, gaussian: Func<'r>, rectified: Func<'r>, softmax: Func<int, 'r>)
        : 'r =
        match units with
        | Bernoulli -> (FSharp.Given.required (nameof bernoulli) bernoulli).Invoke()
        | Spin -> (FSharp.Given.required (nameof spin) spin).Invoke()
        | Gaussian -> (FSharp.Given.required (nameof gaussian) gaussian).Invoke()
        | Rectified -> (FSharp.Given.required (nameof rectified) rectified).Invoke()
        | Softmax states -> (FSharp.Given.required (nameof softmax) softmax).Invoke states

namespace Functional.FSharp

open System
open Functional

/// Single units with an input u: the density exp(u·x + g(x)), with g(x) = 0 for discrete units and -x²/2 for real ones.
[<RequireQualifiedAccess>]
module internal UnitsMath =

    // [...; n] as [...; n/k; k].
    let private grouped states (u: Tensor) =
        let shape = u.Shape

        if shape.Length = 0 then
            invalidArg (nameof u) $"softmax units lie along the last axis, which {u} has not"

        let n = shape[shape.Length - 1]

        if states < 1 || n % states <> 0 then
            invalidArg (nameof u) $"softmax units come in groups of {states}, but there are {n}"

        Tensor.reshape (Array.append shape[.. shape.Length - 2] [| n / states; states |]) u

    let private halfLog2Pi = 0.5 * log (2.0 * Math.PI)

    // Further below 0 the difference of u and φ(u)/Φ(u) cancels, and beyond -13 erfc is nothing in float32.
    let private out = -4.0

    // u + φ(u)/Φ(u) far below 0, by Laplace's continued fraction 1/(x + 2/(x + 3/(x + …))) with x = -u: so many terms are good to 14 digits at u = -4.
    let private farMean (u: Tensor) =
        let x = -(Tensor.clampMax out u)
        1.0 / Seq.foldBack (fun k (rest: Tensor) -> x + float k / rest) (seq { 2..40 }) x

    // ln Φ(u), also far below 0.
    let private logPhi (u: Tensor) =
        let near = Tensor.log (0.5 * Tensor.erfc (Tensor.clampMin out u * -sqrt 0.5))
        let far = Tensor.clampMax out u
        let beyond = -0.5 * Tensor.square far - halfLog2Pi - Tensor.log (farMean far - far)
        Tensor.where (Tensor.ltNumber out u) beyond near

    let private rectifiedMean (u: Tensor) =
        let near = Tensor.clampMin out u
        let near = near + Tensor.exp (-0.5 * Tensor.square near - halfLog2Pi - logPhi near)
        Tensor.where (Tensor.ltNumber out u) (farMean u) near

    /// ln Σ exp(u·x + g(x)) over the values of each unit, summed over the last axis: [n; units] -> [n].
    let logPartition (units: Units) (u: Tensor) : Tensor =
        match units with
        | Units.Bernoulli -> Tensor.sumOver -1 (Tensor.softplus u)
        | Units.Spin ->
            let size = Tensor.abs u
            Tensor.sumOver -1 (size + Tensor.softplus (-2.0 * size))
        | Units.Gaussian -> Tensor.sumOver -1 (0.5 * Tensor.square u + halfLog2Pi)
        | Units.Rectified -> Tensor.sumOver -1 (0.5 * Tensor.square u + halfLog2Pi + logPhi u)
        | Units.Softmax states -> grouped states u |> Tensor.logsumexpOver -1 |> Tensor.sumOver -1

    /// The mean of each unit: the derivative of `logPartition`.
    let mean (units: Units) (u: Tensor) : Tensor =
        match units with
        | Units.Bernoulli -> Tensor.sigmoid u
        | Units.Spin -> Tensor.tanh u
        | Units.Gaussian -> u
        | Units.Rectified -> rectifiedMean u
        | Units.Softmax states -> grouped states u |> Tensor.softmax -1 |> Tensor.reshape u.Shape

    /// A value of each unit, drawn; `mean` are the means that go with the inputs u.
    let drawWith (units: Units) (key: Key) (u: Tensor) (mean: Tensor) : Tensor =
        match units with
        | Units.Bernoulli -> Random.bernoulliEach mean key
        | Units.Spin -> 2.0 * Random.bernoulliEach (0.5 * mean + 0.5) key - 1.0
        | Units.Gaussian -> Tensor.stopGradient u + Random.normalOf u.Dtype u.Shape key
        | Units.Rectified ->
            let chances = Tensor.toDoubles (Random.uniformOf Dtype.Float64 u.Shape key)
            let inputs = Tensor.toDoubles u

            let drawn = Array.map2 (fun u chance -> max 0.0 (u + NormalTail.between -u infinity chance)) inputs chances

            Tensor.cast u.Dtype (Tensor.ofDoubles u.Shape drawn)
        | Units.Softmax states ->
            let classes = Random.categorical (Tensor.stopGradient (grouped states u)) key
            Tensor.cast u.Dtype (Tensor.reshape u.Shape (Tensor.onehot states classes))

    /// A value of each unit, drawn.
    let draw (units: Units) (key: Key) (u: Tensor) : Tensor = drawWith units key u (mean units u)

    /// Σ g(x) over the last axis.
    let measure (units: Units) (x: Tensor) : Tensor =
        match units with
        | Units.Gaussian
        | Units.Rectified -> -0.5 * Tensor.sumOver -1 (Tensor.square x)
        | Units.Bernoulli
        | Units.Spin
        | Units.Softmax _ -> Tensor.zerosLike (Tensor.sumOver -1 x)

    /// The mean over the rows of `logPartition` of these inputs, whose means are known: [n; units] -> [].
    let meanLogPartition (units: Units) (u: Tensor) (mean: Tensor) : Tensor =
        match units with
        | Units.Bernoulli when
            Softplus.serves u.Raw && Softplus.serves mean.Raw && u.Count <= int64 System.Int32.MaxValue
            ->
            Tensor.scalar (Softplus.sum u.Raw mean.Raw / float u.Shape[0])
        | _ -> Tensor.mean (logPartition units u)

    /// The mean over the rows of `measure`: [n; units] -> [].
    let meanMeasure (units: Units) (x: Tensor) : Tensor =
        match units with
        | Units.Gaussian
        | Units.Rectified -> Tensor.mean (measure units x)
        | Units.Bernoulli
        | Units.Spin
        | Units.Softmax _ -> Tensor.zerosOf x.Dtype []

    /// Refuses values outside the domain of the units. [n; units]
    let check name (units: Units) (x: Tensor) =
        let outside =
            match units with
            | Units.Bernoulli -> Some(Tensor.neNumber 0.0 (x * (1.0 - x)))
            | Units.Spin -> Some(Tensor.neNumber 1.0 (Tensor.square x))
            | Units.Gaussian -> Some(Tensor.logicalNot (Tensor.isfinite x))
            | Units.Rectified -> Some(Tensor.logicalNot (Tensor.logicalAnd (Tensor.geNumber 0.0 x) (Tensor.isfinite x)))
            | Units.Softmax states ->
                let one = Tensor.neNumber 1.0 (Tensor.sumKeeping -1 (grouped states x))
                let bit = Tensor.neNumber 0.0 (x * (1.0 - x))
                Some(Tensor.logicalOr bit (Tensor.reshape x.Shape (Tensor.expand (grouped states x).Shape one)))

        match outside with
        | Some outside when Tensor.toBool (Tensor.any outside) ->
            let at = Array.findIndex id (Tensor.toBools outside)
            let value = (Tensor.toDoubles x)[at]

            let values =
                match units with
                | Units.Bernoulli -> "0 or 1"
                | Units.Spin -> "-1 or 1"
                | Units.Gaussian -> "finite"
                | Units.Rectified -> "finite and not negative"
                | Units.Softmax states -> $"groups of {states} with a single 1"

            invalidArg
                (nameof x)
                $"{name}: the units are {values}, but the number at place {at} of {x} is {invariant value}"
        | _ -> ()
