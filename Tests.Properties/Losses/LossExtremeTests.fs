/// Losses where numbers are large, small, equal or none: float32 against float64, and closed forms.
module LossExtremeTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support

let private f64 (shape: int list) (values: float list) = Tensor.ofDoubles shape (Array.ofList values)
let private f32 shape values = Tensor.cast Dtype.Float32 (f64 shape values)

// Logits of two classes, all pairs of these numbers.
let private numbers = [ -1000.0; -100.0; -20.0; -3.0; -1e-3; 0.0; 1e-3; 3.0; 20.0; 100.0; 1000.0 ]

let private pairs =
    [
        for a in numbers do
            for b in numbers -> a, b
    ]

let private count = pairs.Length

let private logits =
    f64
        [ count; 2 ]
        [
            for a, b in pairs do
                yield! [ a; b ]
        ]

let private labels = Tensor.ofInts [ for i in 0 .. count - 1 -> i % 2 ]

let private soft =
    f64
        [ count; 2 ]
        [
            for i in 0 .. count - 1 do
                let t = [| 0.0; 0.25; 1.0 |][i % 3] in yield! [ t; 1.0 - t ]
        ]

let private chances = f64 [ count; 2 ] [ for i in 0 .. 2 * count - 1 -> [| 0.0; 1.0; 0.25; 0.5 |][i % 4] ]
let private sides = f64 [ count; 2 ] [ for i in 0 .. 2 * count - 1 -> if i % 3 = 0 then -1.0 else 1.0 ]

let private others =
    f64
        [ count; 2 ]
        [
            for b, a in pairs do
                yield! [ a + 0.5; b - 0.25 ]
        ]

let private as' (x: Tensor) (y: Tensor) = Tensor.cast x.Dtype y

/// Every loss, each sample by itself, of logits or predictions of either dtype.
let private losses: (string * (Reduction -> Tensor -> Tensor)) list =
    let how smoothing weights reduction = { Smoothing = smoothing; ClassWeights = weights; Reduction = reduction }
    let weights = Some(f64 [ 2 ] [ 0.5; 2.0 ])

    [
        "cross-entropy", (fun r x -> Loss.crossEntropyWith (how 0.0 None r) x labels)
        "cross-entropy, smoothed", (fun r x -> Loss.crossEntropyWith (how 0.2 None r) x labels)
        "cross-entropy, weighted", (fun r x -> Loss.crossEntropyWith (how 0.0 weights r) x labels)
        "cross-entropy of probabilities", (fun r x -> Loss.crossEntropyWith (how 0.0 None r) x (as' x soft))
        "cross-entropy of probabilities, weighted",
        (fun r x -> Loss.crossEntropyWith (how 0.1 weights r) x (as' x soft))
        "nll", (fun r x -> Loss.nllWith r x labels)
        "focal", (fun r x -> Loss.focalWith r None 2.0 x labels)
        "focal, γ below 1", (fun r x -> Loss.focalWith r weights 0.5 x labels)
        "multi-margin", (fun r x -> Loss.multiMarginWith r 1.0 x labels)
        "binary cross-entropy", (fun r x -> Loss.binaryCrossEntropyWith r 1.0 x chances)
        "binary cross-entropy, weighted", (fun r x -> Loss.binaryCrossEntropyWith r 3.0 x chances)
        "binary focal", (fun r x -> Loss.binaryFocalWith r 0.25 2.0 x chances)
        "KL divergence", (fun r x -> Loss.klDivergenceWith r x (as' x soft))
        "squared error", (fun r x -> Loss.squaredErrorWith r x (as' x others))
        "absolute error", (fun r x -> Loss.absoluteErrorWith r x (as' x others))
        "Huber", (fun r x -> Loss.huberWith r 1.0 x (as' x others))
        "hinge", (fun r x -> Loss.hingeWith r x (as' x sides))
        "cosine", (fun r x -> Loss.cosineWith r x (as' x others))
        "triplet", (fun r x -> Loss.tripletWith r 1.0 x (as' x others) (as' x sides))
    ]

// Relative to the number itself, and to numbers of a size that cancel in it.
let private closeBeside size tolerance (what: string) (expected: float[]) (found: float[]) =
    Array.iteri2
        (fun i (x: float) (y: float) ->
            let allowed = tolerance * (abs x + size) + 1e-16
            Expect.isTrue (Double.IsFinite y && abs (x - y) <= allowed) $"{what}: at {i} expected {x}, was {y}")
        expected
        found

let private close tolerance = closeBeside 0.0 tolerance

/// Losses whose derivatives, or small values, are differences of numbers of about 1 that float32 has rounded: parts of a
/// mixture of targets, unit vectors.
let private differences name =
    match name with
    | "binary cross-entropy"
    | "binary cross-entropy, weighted"
    | "triplet" -> 0.0, 1.0
    // The square of an angle of 4·10⁻⁴, from unit vectors; slopes are as steep as 1 over the length, 10⁻³.
    | "cosine" -> 1e-4, 1e3
    | _ -> 0.0, 0.0

let private narrow = Tensor.cast Dtype.Float32
let private sum (loss: Reduction -> Tensor -> Tensor) x = loss Reduction.Sum x

// Any loss at logits with one label.
let private atLabel (label: int) (values: float list) (f: Tensor -> Tensor -> Tensor) =
    f (f64 [ 1; values.Length ] values) (Tensor.ofInts [ label ]) |> Tensor.toFloat

let tests =
    testList
        "losses at extremes"
        [
            for name, loss in losses do
                test $"{name}: float32 as float64 at logits from -1000 to 1000, with derivatives" {
                    // The numbers that float32 has are those that float64 is given.
                    let x = Tensor.cast Dtype.Float64 (narrow logits)
                    let each x = Tensor.toDoubles (loss Reduction.Each x)
                    let ofValue, ofSlope = differences name
                    closeBeside ofValue 2e-6 "value" (each x) (each (narrow x))
                    let slope x = Tensor.toDoubles (Differentiation.grad (sum loss) x)
                    closeBeside ofSlope 2e-6 "derivative" (slope x) (slope (narrow x))

                    let curve x =
                        Tensor.toDoubles (
                            Differentiation.grad (fun x -> Tensor.sum (Differentiation.grad (sum loss) x)) x
                        )

                    Expect.all (curve (narrow x)) Double.IsFinite "finite second derivatives"
                }

            test "binary cross-entropy of sure logits keeps its digits, on both sides" {
                let at (dtype: Dtype) logit target =
                    let of' (value: float) = Tensor.cast dtype (f64 [ 1 ] [ value ])
                    Tensor.toFloat (Loss.binaryCrossEntropy (of' logit) (of' target))

                for sign, target in [ 1.0, 1.0; -1.0, 0.0 ] do
                    close
                        1e-6
                        "float32"
                        [| 4.539889921686465e-5; 3.0590227371372e-7 |]
                        [| at Dtype.Float32 (sign * 10.0) target; at Dtype.Float32 (sign * 15.0) target |]

                    Expect.floatClose
                        Accuracy.veryHigh
                        (1e16 * at Dtype.Float64 (sign * 36.0) target)
                        2.3195228302435693
                        "float64"

                // Values and derivatives of the definition at large logits, and at 0, where |x| has a kink.
                for x, t, weight, value, slope in
                    [
                        -100.0, 1.0, 1.0, 100.0, -1.0
                        100.0, 0.0, 1.0, 100.0, 1.0
                        -100.0, 0.0, 1.0, 3.720075976020836e-44, 3.720075976020836e-44
                        0.0, 0.0, 1.0, 0.6931471805599453, 0.5
                        0.0, 1.0, 1.0, 0.6931471805599453, -0.5
                        -100.0, 1.0, 3.0, 300.0, -3.0
                    ] do
                    let loss x = Loss.binaryCrossEntropyWith Reduction.Mean weight x (f64 [ 1 ] [ t ])
                    let value', slope' = Differentiation.fgrad loss (f64 [ 1 ] [ x ])
                    Expect.floatClose Accuracy.veryHigh (Tensor.toFloat value') value $"value at {x}"
                    Expect.floatClose Accuracy.veryHigh (Array.head (Tensor.toDoubles slope')) slope $"slope at {x}"

                let weighted x t = Loss.binaryCrossEntropyWith Reduction.Mean 3.0 (f64 [ 1 ] [ x ]) (f64 [ 1 ] [ t ])

                expectClose
                    1e-9
                    "positives weighted"
                    [| 0.939785063; 1.163871038 |]
                    [| Tensor.toFloat (weighted 1.0 1.0); Tensor.toFloat (weighted 1.0 0.4) |]
            }

            test "cross-entropy of sure logits keeps its digits, by itself and as the mean" {
                for logit, expected in
                    [ 10.0, 4.539889921686465e-5; 15.0, 3.059022737137205e-7; 36.0, 2.3195228302435693e-16 ] do
                    let by (how: Reduction) dtype =
                        let x = Tensor.cast dtype (f64 [ 1; 2 ] [ logit; 0.0 ])
                        let how = { CrossEntropy.standard with Reduction = how }
                        Loss.crossEntropyWith how x (Tensor.ofInts [ 0 ]) |> Tensor.toFloat

                    for how in [ Reduction.Mean; Reduction.Sum ] do
                        Expect.isLessThan (abs (by how Dtype.Float64 / expected - 1.0)) 1e-12 $"float64, {logit}"

                        if logit < 20.0 then
                            Expect.isLessThan (abs (by how Dtype.Float32 / expected - 1.0)) 1e-6 $"float32, {logit}"

                // The slope is p - 1 for the label, of which float32 keeps nothing in 1 + (p - 1).
                let slope =
                    Differentiation.grad
                        (fun x -> Loss.crossEntropy x (Tensor.ofInts [ 0 ]))
                        (f32 [ 1; 2 ] [ 15.0; 0.0 ])

                expectClose 1e-12 "slope" [| -3.0590223e-7; 3.0590223e-7 |] (Tensor.toDoubles slope)
            }

            test "label smoothing with class weights: the mean is over the weights of the labels' classes" {
                let x, targets = f64 [ 2; 3 ] [ 2.0; 0.0; -1.0; 0.0; 1.0; 0.0 ], Tensor.ofInts [ 0; 2 ]
                let weights = Some(f64 [ 3 ] [ 1.0; 2.0; 4.0 ])

                let at smoothing weights =
                    Loss.crossEntropyWith
                        { Smoothing = smoothing; ClassWeights = weights; Reduction = Reduction.Mean }
                        x
                        targets
                    |> Tensor.toFloat

                expectClose
                    1e-9
                    "three ways"
                    [| 0.927312033; 1.275124975; 1.321272712 |]
                    [| at 0.1 None; at 0.0 weights; at 0.1 weights |]
            }

            test "multi-margin leaves the label's own part out, whatever the scores" {
                for dtype in [ Dtype.Float32; Dtype.Float64 ] do
                    let at label values =
                        let scores = Tensor.cast dtype (f64 [ 1; List.length values ] values)
                        Loss.multiMargin 1.0 scores (Tensor.ofInts [ label ]) |> Tensor.toFloat

                    Expect.equal (at 0 [ 2e7; 0.0 ]) 0.0 "far ahead"
                    expectWithin 0.5 "far behind, where float32 rounds the margin off" 10000000.5 (at 1 [ 2e7; 0.0 ])
                    Expect.equal (at 0 [ 2e7; 2e7 ]) 0.5 "level"
            }

            test "KL divergence and cross-entropy: a target of 0 counts nothing where the chance is 0" {
                let target = f64 [ 1; 3 ] [ 0.0; 0.5; 0.5 ]
                let logs = f64 [ 1; 3 ] [ -infinity; log 0.5; log 0.5 ]
                let value, slope = Differentiation.fgrad (fun q -> Loss.klDivergence q target) logs
                Expect.equal (Tensor.toFloat value) 0.0 "no divergence"
                expectClose 1e-12 "its slope" [| 0.0; -0.5; -0.5 |] (Tensor.toDoubles slope)

                let byTarget =
                    Differentiation.grad
                        (fun p -> Loss.klDivergence (f64 [ 1; 2 ] [ -1.0; -2.0 ]) p)
                        (f64 [ 1; 2 ] [ 0.3; 0.7 ])

                expectClose 1e-12 "by the target" [| log 0.3 + 2.0; log 0.7 + 3.0 |] (Tensor.toDoubles byTarget)

                for dtype in [ Dtype.Float32; Dtype.Float64 ] do
                    for weights in [ None; Some(f64 [ 3 ] [ 0.5; 1.0; 2.0 ]) ] do
                        let how = { CrossEntropy.standard with ClassWeights = weights }
                        let x, t = Tensor.cast dtype (f64 [ 1; 3 ] [ -infinity; 1.0; 1.0 ]), Tensor.cast dtype target
                        let loss x = Loss.crossEntropyWith how x t
                        let value, slope = Differentiation.fgrad loss x
                        let expected = if weights.IsNone then log 2.0 else 1.5 * log 2.0
                        expectClose 1e-6 "ln 2" [| expected |] [| Tensor.toFloat value |]
                        Expect.all (Tensor.toDoubles slope) Double.IsFinite "finite slopes"
                        // Wanted, and impossible.
                        let wrong = Tensor.cast dtype (f64 [ 1; 3 ] [ 1.0; 0.0; 0.0 ])
                        Expect.equal (Tensor.toFloat (Loss.crossEntropyWith how x wrong)) infinity "no chance"

                // Weights of classes alone do not spread a label over classes that cannot be.
                let weighted = { CrossEntropy.standard with ClassWeights = Some(f64 [ 2 ] [ 1.0; 2.0 ]) }
                Expect.equal (atLabel 0 [ 0.0; -infinity ] (Loss.crossEntropyWith weighted)) 0.0 "sure"
            }

            test "cosine loss: small angles keep their digits, and scale does not count" {
                // 1 - cos of an angle of 10⁻³ and of 10⁻⁴.
                for angle in [ 1e-3; 1e-4 ] do
                    let loss = Loss.cosine (f32 [ 1; 2 ] [ 1.0; 0.0 ]) (f32 [ 1; 2 ] [ 1.0; angle ])
                    expectBelow 1e-3 "relative error" (abs (Tensor.toFloat loss / (0.5 * angle * angle) - 1.0))

                for scale in [ 1e-30; 1e-20; 1.0; 1e20; 1e38 ] do
                    let x = f32 [ 1; 2 ] [ 0.6 * scale; 0.8 * scale ]
                    expectBelow 1e-12 "itself" (Tensor.toFloat (Loss.cosine x x))
                    expectWithin 1e-6 "the other way" 2.0 (Tensor.toFloat (Loss.cosine x -x))
                    let across = Loss.cosine x (f32 [ 1; 2 ] [ 1.0; 0.0 ])
                    expectWithin 1e-6 "cos = 0.6" 0.4 (Tensor.toFloat across)

                let zero = f64 [ 1; 2 ] [ 0.0; 0.0 ]
                let value, slope = Differentiation.fgrad (fun x -> Loss.cosine x (f64 [ 1; 2 ] [ 1.0; 2.0 ])) zero
                Expect.equal (Tensor.toFloat value, Tensor.toDoubles slope) (1.0, [| 0.0; 0.0 |]) "a zero has no angle"
            }

            test "ignored labels count nothing: Σ l/Σ 1, of class weights Σ w·l/Σ w, and 0 where all are ignored" {
                let x = f64 [ 3; 3 ] [ 2.0; 0.0; -1.0; 0.0; 1.0; 0.0; 1.0; 1.0; 1.0 ]
                let labels = Tensor.ofInts [ 0; -100; 2 ]
                let crossEntropy reduction = Loss.crossEntropyWith { CrossEntropy.standard with Reduction = reduction }
                let value, slope = Differentiation.fgrad (fun x -> Loss.ignoring -100L crossEntropy x labels) x
                expectClose 1e-9 "the other two" [| 0.634229154 |] [| Tensor.toFloat value |]
                let kept = Tensor.ofInts [ 0; 2 ]
                let both (x: Tensor) = Loss.crossEntropy (Tensor.indexSelect 0 kept x) kept
                expectClose 1e-12 "slopes" (Tensor.toDoubles (Differentiation.grad both x)) (Tensor.toDoubles slope)

                let all = Tensor.ofInts [ -100; -100; -100 ]
                let value, slope = Differentiation.fgrad (fun x -> Loss.ignoring -100L crossEntropy x all) x
                Expect.equal (Tensor.toFloat value) 0.0 "none is left"
                expectSame "no slope" (Tensor.zerosLike x) slope

                let weights = Some(f64 [ 3 ] [ 1.0; 2.0; 4.0 ])
                let two = Tensor.indexSelect 0 kept

                for loss in
                    [
                        fun reduction ->
                            Loss.crossEntropyWith { Smoothing = 0.1; ClassWeights = weights; Reduction = reduction }
                        fun reduction x -> Loss.nllWith reduction (Tensor.logsoftmax 1 x)
                        fun reduction -> Loss.focalWith reduction None 2.0
                        fun reduction -> Loss.multiMarginWith reduction 1.0
                    ] do
                    let expected = loss Reduction.Mean (two x) kept

                    expectClose
                        1e-12
                        "as without"
                        (Tensor.toDoubles expected)
                        (Tensor.toDoubles (Loss.ignoring -100L loss x labels))

                let csharp =
                    CSharp.Losses.Ignoring(
                        -100L,
                        (fun reduction x labels -> CSharp.Losses.Nll(x, labels, reduction)),
                        x,
                        labels
                    )

                expectSame "C#" (Loss.ignoring -100L Loss.nllWith x labels) csharp

                expectError<ArgumentException> [ "label 7"; "0 … 2" ] (fun () ->
                    Loss.ignoring -100L Loss.nllWith x (Tensor.ofInts [ 0; 7; -100 ]) |> ignore)
            }
        ]
