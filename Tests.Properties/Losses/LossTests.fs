/// Losses against another implementation's numbers, their definitions, their derivatives and what they refuse.
module LossTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support

let private wave (shape: int list) (start: float) =
    Tensor.ofDoubles shape [| for n in 0 .. List.reduce (*) shape - 1 -> sin (0.7 * float n + start) |]

let private x, y = wave [ 4; 3 ] 1.0, wave [ 4; 3 ] 2.0
let private labels = Tensor.ofInts [ 2; 0; 1; 1 ]
let private soft = Tensor.softmax 1 (wave [ 4; 3 ] 3.0)
let private weights = Tensor.ofDoubles [ 3 ] [| 0.5; 1.5; 2.0 |]
let private sides, chances = Tensor.sign y, (y + 1.0) / 2.0
let private image, imageLabels = wave [ 2; 3; 2 ] 4.0, Tensor.reshape [ 2; 2 ] (Tensor.ofInts [ 0; 2; 1; 1 ])
let private smooth part = { CrossEntropy.standard with Smoothing = part }

let private weighted how = { how with ClassWeights = Some weights }

let private summed (how: CrossEntropy) = { how with Reduction = Reduction.Sum }
let private masked (how: CrossEntropy) mask = { how with Reduction = Reduction.Weighted mask }

/// Name, F#'s, C#'s, the number of another implementation for sin(0.7n + i).
let rows: (string * (Tensor -> Tensor) * (Tensor -> Tensor) * float) list =
    let mean: Reduction | null = null
    let without: Tensor | null = null

    [
        "squared", (fun x -> Loss.squaredError x y), (fun x -> CSharp.Losses.SquaredError(x, y)), 0.44489484635637
        "squared, summed",
        (fun x -> Loss.squaredErrorWith Reduction.Sum x y),
        (fun x -> CSharp.Losses.SquaredError(x, y, Reduction.Sum)),
        5.33873815627644
        "absolute", (fun x -> Loss.absoluteError x y), (fun x -> CSharp.Losses.AbsoluteError(x, y)), 0.587669563328468
        "Huber", (fun x -> Loss.huber 0.5 x y), (fun x -> CSharp.Losses.Huber(x, y, 0.5, mean)), 0.187713485572664
        "hinge", (fun x -> Loss.hinge x sides), (fun x -> CSharp.Losses.Hinge(x, sides)), 0.6080479206286
        "cosine", (fun x -> Loss.cosine x y), (fun x -> CSharp.Losses.Cosine(x, y)), 0.446214773803672
        "triplet",
        (fun x -> Loss.triplet 1.0 x y (wave [ 4; 3 ] 5.0)),
        (fun x -> CSharp.Losses.Triplet(x, y, wave [ 4; 3 ] 5.0, 1.0, mean)),
        0.186712426061847
        "cross-entropy",
        (fun x -> Loss.crossEntropy x labels),
        (fun x -> CSharp.Losses.CrossEntropy(x, labels)),
        1.03218974420421
        "cross-entropy, smoothed",
        (fun x -> Loss.crossEntropyWith (smooth 0.2) x labels),
        (fun x -> CSharp.Losses.CrossEntropy(x, labels, 0.2, without, mean)),
        1.05685325261086
        "cross-entropy, weighted",
        (fun x -> Loss.crossEntropyWith (weighted (smooth 0.0)) x labels),
        (fun x -> CSharp.Losses.CrossEntropy(x, labels, 0.0, weights, mean)),
        1.12637619415346
        "cross-entropy, weighted and smoothed",
        (fun x -> Loss.crossEntropyWith (weighted (smooth 0.2)) x labels),
        (fun x -> CSharp.Losses.CrossEntropy(x, labels, 0.2, weights, mean)),
        1.12634096423653
        "cross-entropy, weighted, smoothed and summed",
        (fun x -> Loss.crossEntropyWith (summed (weighted (smooth 0.2))) x labels),
        (fun x -> CSharp.Losses.CrossEntropy(x, labels, 0.2, weights, Reduction.Sum)),
        6.19487530330093
        "cross-entropy, weighted and masked",
        (fun x ->
            let mask = Tensor.ofBools [ 4 ] [| true; false; true; true |]
            Loss.crossEntropyWith (masked (weighted (smooth 0.0)) mask) x labels),
        (fun x ->
            let mask = CSharp.Reductions.WeightedBy(Tensor.ofDoubles [ 4 ] [| 1.0; 0.0; 1.0; 1.0 |])
            CSharp.Losses.CrossEntropy(x, labels, 0.0, weights, mask)),
        1.17582444734392
        "cross-entropy of probabilities",
        (fun x -> Loss.crossEntropy x soft),
        (fun x -> CSharp.Losses.CrossEntropy(x, soft)),
        1.19561260619158
        "cross-entropy of probabilities, weighted and smoothed",
        (fun x -> Loss.crossEntropyWith (weighted (smooth 0.2)) x soft),
        (fun x -> CSharp.Losses.CrossEntropy(x, soft, 0.2, weights, mean)),
        1.52687325163285
        "nll",
        (fun x -> Loss.nll (Tensor.logsoftmax 1 x) labels),
        (fun x -> CSharp.Losses.Nll(Tensor.logsoftmax 1 x, labels)),
        1.03218974420421
        "multi-margin",
        (fun x -> Loss.multiMargin 0.7 x labels),
        (fun x -> CSharp.Losses.MultiMargin(x, labels, 0.7, mean)),
        0.369941689641645
        "binary cross-entropy",
        (fun x -> Loss.binaryCrossEntropy x chances),
        (fun x -> CSharp.Losses.BinaryCrossEntropy(x, chances)),
        0.617096107420736
        "binary cross-entropy, positives weighted",
        (fun x -> Loss.binaryCrossEntropyWith Reduction.Mean 2.5 x chances),
        (fun x -> CSharp.Losses.BinaryCrossEntropy(x, chances, 2.5, mean)),
        1.05459481475298
        "KL divergence",
        (fun x -> Loss.klDivergence (Tensor.logsoftmax 1 x) soft),
        (fun x -> CSharp.Losses.KlDivergence(Tensor.logsoftmax 1 x, soft)),
        0.175835062160182
        "focal",
        (fun x -> Loss.focal 2.0 x labels),
        (fun x -> CSharp.Losses.Focal(x, labels, 2.0, without, mean)),
        0.454057897058891
        "focal, weighted",
        (fun x -> Loss.focalWith Reduction.Mean (Some weights) 0.5 x labels),
        (fun x -> CSharp.Losses.Focal(x, labels, 0.5, weights, mean)),
        1.27780241448116
        "binary focal",
        (fun x -> Loss.binaryFocal 0.25 2.0 x chances),
        (fun x -> CSharp.Losses.BinaryFocal(x, chances, 0.25, 2.0, mean)),
        0.101862175693936
        "binary focal, γ below 1",
        (fun x -> Loss.binaryFocal 0.7 0.5 x chances),
        (fun x -> CSharp.Losses.BinaryFocal(x, chances, 0.7, 0.5, mean)),
        0.210237667843087
    ]

// Each loss with its reduction: that of each element, and what C# makes of it.
let private reduced: (string * (Reduction -> Tensor) * (Reduction -> Tensor)) list =
    let negative = wave [ 4; 3 ] 5.0
    let logs = Tensor.logsoftmax 1 x

    [
        "squared", (fun r -> Loss.squaredErrorWith r x y), (fun r -> CSharp.Losses.SquaredError(x, y, r))
        "absolute", (fun r -> Loss.absoluteErrorWith r x y), (fun r -> CSharp.Losses.AbsoluteError(x, y, r))
        "Huber", (fun r -> Loss.huberWith r 0.5 x y), (fun r -> CSharp.Losses.Huber(x, y, 0.5, r))
        "hinge", (fun r -> Loss.hingeWith r x sides), (fun r -> CSharp.Losses.Hinge(x, sides, r))
        "cosine", (fun r -> Loss.cosineWith r x y), (fun r -> CSharp.Losses.Cosine(x, y, r))
        "triplet",
        (fun r -> Loss.tripletWith r 1.0 x y negative),
        (fun r -> CSharp.Losses.Triplet(x, y, negative, 1.0, r))
        "cross-entropy",
        (fun r -> Loss.crossEntropyWith { smooth 0.1 with Reduction = r } x labels),
        (fun r -> CSharp.Losses.CrossEntropy(x, labels, 0.1, null, r))
        "nll", (fun r -> Loss.nllWith r logs labels), (fun r -> CSharp.Losses.Nll(logs, labels, r))
        "multi-margin",
        (fun r -> Loss.multiMarginWith r 1.0 x labels),
        (fun r -> CSharp.Losses.MultiMargin(x, labels, 1.0, r))
        "binary cross-entropy",
        (fun r -> Loss.binaryCrossEntropyWith r 1.0 x chances),
        (fun r -> CSharp.Losses.BinaryCrossEntropy(x, chances, 1.0, r))
        "KL divergence",
        (fun r -> Loss.klDivergenceWith r logs soft),
        (fun r -> CSharp.Losses.KlDivergence(logs, soft, r))
        "focal", (fun r -> Loss.focalWith r None 1.5 x labels), (fun r -> CSharp.Losses.Focal(x, labels, 1.5, null, r))
        "binary focal",
        (fun r -> Loss.binaryFocalWith r 0.25 1.5 x chances),
        (fun r -> CSharp.Losses.BinaryFocal(x, chances, 0.25, 1.5, r))
    ]

// Losses of predictions and targets, of which a mask [4] or [4; 1] hides samples.
let private maskable: (string * bool * (Reduction -> Tensor -> Tensor -> Tensor) * Tensor) list =
    let negative = wave [ 4; 3 ] 5.0

    [
        "squared", true, Loss.squaredErrorWith, y
        "absolute", true, Loss.absoluteErrorWith, y
        "Huber", true, (fun r -> Loss.huberWith r 0.5), y
        "hinge", true, Loss.hingeWith, sides
        "binary cross-entropy", true, (fun r -> Loss.binaryCrossEntropyWith r 2.0), chances
        "binary focal", true, (fun r -> Loss.binaryFocalWith r 0.25 0.5), chances
        "cosine", false, Loss.cosineWith, y
        "triplet", false, (fun r x y -> Loss.tripletWith r 1.0 x y negative), y
        "KL divergence", false, Loss.klDivergenceWith, soft
        "cross-entropy of probabilities",
        false,
        (fun r -> Loss.crossEntropyWith { weighted (smooth 0.1) with Reduction = r }),
        soft
        "cross-entropy", false, (fun r x _ -> Loss.crossEntropyWith { smooth 0.0 with Reduction = r } x labels), y
        "cross-entropy, weighted",
        false,
        (fun r x _ -> Loss.crossEntropyWith { weighted (smooth 0.1) with Reduction = r } x labels),
        y
        "nll", false, (fun r x _ -> Loss.nllWith r x labels), y
        "multi-margin", false, (fun r x _ -> Loss.multiMarginWith r 1.0 x labels), y
        "focal", false, (fun r x _ -> Loss.focalWith r (Some weights) 0.5 x labels), y
    ]

let private number (x: Tensor) = Tensor.toFloat x

let tests =
    testList
        "losses"
        [
            for name, fsharp, csharp, expected in rows do
                test $"{name}: the number of another implementation, in both languages" {
                    expectClose 1e-12 name [| expected |] [| number (fsharp x) |]
                    expectSame "C#" (fsharp x) (csharp x)
                }

                test $"{name}: derivatives of orders 1 to 3 against central differences" {
                    // Away from the kinks of |x|, max(0, x) and Huber's change.
                    for comparison in GradCheck.compare 3 (Key.ofSeed 8) fsharp (x + 0.013) do
                        expectBelow 1e-6 $"{comparison}" comparison.Error
                }

            for name, fsharp, csharp in reduced do
                test $"{name}: the mean, the sum and weighted means are those of each loss" {
                    let each = fsharp Reduction.Each
                    let numbers = Tensor.toDoubles each
                    let weights = [| for i in 0 .. numbers.Length - 1 -> float (i % 3) |]
                    let weighted = Reduction.Weighted(Tensor.ofDoubles each.Shape weights)
                    let share = Array.sum (Array.map2 (*) weights numbers) / Array.sum weights
                    expectClose 1e-12 "mean" [| Array.average numbers |] [| number (fsharp Reduction.Mean) |]
                    expectClose 1e-12 "sum" [| Array.sum numbers |] [| number (fsharp Reduction.Sum) |]
                    expectClose 1e-12 "weighted" [| share |] [| number (fsharp weighted) |]

                    for reduction in [ Reduction.Each; Reduction.Mean; Reduction.Sum; weighted ] do
                        expectSame $"C#, {reduction}" (fsharp reduction) (csharp reduction)
                }

            test "classes may be followed by further axes: images and sequences" {
                for how in [ smooth 0.0; weighted (smooth 0.1) ] do
                    // Each place is a sample of its own.
                    let flat = Tensor.reshape [ 4; 3 ] (Tensor.permute [ 0; 2; 1 ] image)
                    let expected = Loss.crossEntropyWith how flat (Tensor.reshape [ 4 ] imageLabels)
                    let found = Loss.crossEntropyWith how image imageLabels
                    expectClose 1e-12 "flattened" [| number expected |] [| number found |]

                expectClose 1e-12 "torch" [| 1.32584862361175 |] [| number (Loss.crossEntropy image imageLabels) |]

                let both = Loss.crossEntropyWith (weighted (smooth 0.1)) image imageLabels
                expectClose 1e-12 "torch, weighted" [| 1.18730321296237 |] [| number both |]
            }

            test "losses from logits stay finite far out, and so do their derivatives" {
                let far = Tensor.ofDoubles [ 2; 2 ] [| 1e4; -1e4; -1e4; 1e4 |]
                let wrong = Tensor.ofInts [ 1; 0 ]

                for loss in
                    [
                        fun x -> Loss.crossEntropy x wrong
                        fun x -> Loss.focal 2.0 x wrong
                        fun x -> Loss.binaryCrossEntropy x (Tensor.zerosLike x)
                    ] do
                    expectAbove 4e3 "large" (number (loss far))

                    Expect.all
                        (Tensor.toDoubles (Differentiation.grad loss far))
                        Double.IsFinite
                        "and with a derivative"
            }

            test "a mask leaves out what it hides, whatever stands there" {
                let mask = Tensor.ofBools [ 4; 1 ] [| true; true; false; false |]
                let loss (x: Tensor) = Loss.squaredErrorWith (Reduction.Weighted mask) x y
                let other = Tensor.cat 0 [ Tensor.slice 0 0 2 x; 100.0 + Tensor.slice 0 2 4 x ]
                expectSame "the value" (loss x) (loss other)
                let slope = Tensor.toDoubles (Differentiation.grad loss x)
                Expect.all slope[6..] ((=) 0.0) "no derivative"
                let expected = Loss.squaredError (Tensor.slice 0 0 2 x) (Tensor.slice 0 0 2 y)
                expectClose 1e-12 "the mean of the rest" [| number expected |] [| number (loss x) |]
            }

            for name, elements, loss, target in maskable do
                test $"{name}: a mask hides NaN and infinity, from the value and from derivatives of orders 1 and 2" {
                    let shape = if elements then [ 4; 1 ] else [ 4 ]
                    let reduction = Reduction.Weighted(Tensor.ofDoubles shape [| 2.0; 1.0; 0.0; 0.0 |])

                    let hidden (t: Tensor) =
                        let row (number: float) = Tensor.full [ 1; 3 ] number |> Tensor.cast Dtype.Float64
                        Tensor.cat 0 [ Tensor.slice 0 0 2 t; row nan; row infinity ]

                    let slope loss = Differentiation.grad loss

                    let curve loss x =
                        Differentiation.grad (fun x -> Tensor.sum (Tensor.square (Differentiation.grad loss x))) x

                    for t in [ target; hidden target ] do
                        let whole (x: Tensor) = loss reduction x target
                        let masked (x: Tensor) = loss reduction x t
                        expectSame "value" (whole x) (masked (hidden x))

                        for what, derivative in [ "slope", slope; "curvature", curve ] do
                            let expected = derivative whole x |> Tensor.toDoubles
                            expectClose 1e-15 what expected (derivative masked (hidden x) |> Tensor.toDoubles)
                            Expect.all expected[6..] ((=) 0.0) "nothing behind the mask"
                }

            test "focal losses stand still at what is sure and right, at every γ" {
                for gamma in [ 0.0; 0.5; 1.0; 1.5; 2.0 ] do
                    let sure = Tensor.ofDoubles [ 2; 2 ] [| 1e4; -1e4; -1e4; 1e4 |]

                    for loss in
                        [
                            fun x -> Loss.focal gamma x (Tensor.ofInts [ 0; 1 ])
                            fun x -> Loss.binaryFocal 0.25 gamma x (Tensor.ofDoubles [ 2; 2 ] [| 1.0; 0.0; 0.0; 1.0 |])
                        ] do
                        let slope x = Differentiation.grad loss x
                        let curve x = Differentiation.grad (fun x -> Tensor.sum (Tensor.square (slope x))) x
                        Expect.equal (number (loss sure)) 0.0 "no loss"
                        Expect.all (Tensor.toDoubles (slope sure)) ((=) 0.0) $"no slope at γ = {gamma}"
                        Expect.all (Tensor.toDoubles (curve sure)) ((=) 0.0) $"no curvature at γ = {gamma}"
            }

            test "focal losses at γ = 0 are cross-entropies" {
                expectClose
                    1e-15
                    "classes"
                    [| number (Loss.crossEntropy x labels) |]
                    [| number (Loss.focal 0.0 x labels) |]

                expectClose
                    1e-15
                    "binary, halved by α"
                    [| 0.5 * number (Loss.binaryCrossEntropy x chances) |]
                    [| number (Loss.binaryFocal 0.5 0.0 x chances) |]
            }

            test "labels out of range, of a wrong shape or dtype, and an empty batch are refused" {
                let logits = Tensor.zeros [ 3; 10 ]

                for name, loss in
                    [
                        "crossEntropy", Loss.crossEntropy
                        "crossEntropy", Loss.crossEntropyWith (smooth 0.1)
                        "nll", Loss.nll
                        "focal", Loss.focal 2.0
                        "multiMargin", Loss.multiMargin 1.0
                    ] do
                    let refuse words labels =
                        expectError<ArgumentException> (name :: words) (fun () -> loss logits labels |> ignore)

                    refuse [ "label 10"; "position 1"; "0 … 9" ] (Tensor.ofInts [ 0; 10; 2 ])
                    refuse [ "label -100" ] (Tensor.ofInts [ 0; -100; 2 ])
                    refuse [ "[3; 10]"; "[2]" ] (Tensor.ofInts [ 0; 1 ])
                    refuse [ "int64" ] (Tensor.ofSeq [ 0.0; 1.0; 2.0 ])

                    expectError<ArgumentException> [ name; "empty" ] (fun () ->
                        loss (Tensor.zeros [ 0; 10 ]) (Tensor.ofInts []) |> ignore)
            }

            test "other refusals name what was given" {
                let one, three = Tensor.zeros [ 3; 1 ], Tensor.zeros [ 3; 10 ]
                let refuse words f = expectError<ArgumentException> words (f >> ignore)

                for name, loss in
                    [
                        "squaredError", Loss.squaredError
                        "absoluteError", Loss.absoluteError
                        "huber", Loss.huber 1.0
                        "hinge", Loss.hinge
                        "cosine", Loss.cosine
                        "triplet", Loss.triplet 1.0 three
                        "binaryCrossEntropy", Loss.binaryCrossEntropy
                        "klDivergence", Loss.klDivergence
                        "binaryFocal", Loss.binaryFocal 0.25 2.0
                    ] do
                    refuse [ name; "[3; 10]"; "[3; 1]" ] (fun () -> loss three one)

                refuse [ "empty" ] (fun () -> Loss.squaredError (Tensor.zeros [ 0 ]) (Tensor.zeros [ 0 ]))
                refuse [ "delta"; "0" ] (fun () -> Loss.huber 0.0 one one)

                for bad in [ nan; -1.0; infinity ] do
                    refuse [ "delta"; $"{bad}" ] (fun () -> Loss.huber bad one one)
                    refuse [ "focal"; "gamma"; $"{bad}" ] (fun () -> Loss.focal bad x labels)
                    refuse [ "binaryFocal"; "gamma"; $"{bad}" ] (fun () -> Loss.binaryFocal 0.25 bad x chances)
                    refuse [ "binaryFocal"; "alpha"; $"{bad}" ] (fun () -> Loss.binaryFocal bad 2.0 x chances)
                    refuse [ "triplet"; "margin"; $"{bad}" ] (fun () -> Loss.triplet bad x y y)
                    refuse [ "multiMargin"; "margin"; $"{bad}" ] (fun () -> Loss.multiMargin bad x labels)

                    refuse [ "positives' weight"; $"{bad}" ] (fun () ->
                        Loss.binaryCrossEntropyWith Reduction.Mean bad x chances)

                refuse [ "hinge"; "-1 or 1"; "not 0"; "2·t - 1" ] (fun () ->
                    Loss.hinge x (Tensor.cast Dtype.Float64 (Tensor.gt y (Tensor.zerosLike y))))

                refuse [ "hinge"; "NaN" ] (fun () -> Loss.hinge x (Tensor.fullLike nan x))

                refuse [ "focal"; "class weights"; "[3]"; "[2]" ] (fun () ->
                    Loss.focalWith Reduction.Mean (Some(Tensor.ones [ 2 ])) 2.0 x labels)

                refuse [ "smoothing"; "1.5" ] (fun () -> Loss.crossEntropyWith (smooth 1.5) x labels)
                let two = { smooth 0.0 with ClassWeights = Some(Tensor.ones [ 2 ]) }
                refuse [ "class weights"; "[3]"; "[2]" ] (fun () -> Loss.crossEntropyWith two x labels)

                refuse [ "weights"; "[5]"; "[4; 3]" ] (fun () ->
                    Loss.squaredErrorWith (Reduction.Weighted(Tensor.ones [ 5 ])) x y)

                refuse [ "sum to 0" ] (fun () -> Loss.squaredErrorWith (Reduction.Weighted(Tensor.zeros [ 3 ])) x y)
            }
        ]
