/// The laws themselves: each holds where it should, fails where it should, and shrinks to what a person can read.
module LawTests

open System
open System.Reflection
open Microsoft.FSharp.Reflection
open Expecto
open FsCheck
open FsCheck.FSharp
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

type private L = CSharp.Laws

let private key = Key.ofSeed 31
let private x = lazy doubles [ 4; 3 ] 1
let private single = lazy Random.normal [ 4; 3 ] key
let private nothing _ = struct (Tree.empty, Tree.empty)

let private stateless run : Layer<Tensor, Tensor> =
    Layer.create "broken" [] nothing (fun mode _ state x -> struct (run mode x, state))

// A layer that counts its runs where no one sees it.
let private counting () =
    let mutable runs = 0

    stateless (fun _ x ->
        runs <- runs + 1
        x + float runs)

// A layer that writes into what it is given.
let private writing =
    stateless (fun _ x ->
        (Native.span<float32> x.Raw)[0] <- 7f
        Tensor.relu x)

// A layer that remembers the last key of training, and uses it in evaluation.
let private remembering () =
    let mutable last = Key.ofSeed 0

    stateless (fun mode x ->
        match mode with
        | Train key ->
            last <- key
            x
        | Eval -> x + Random.normal x.Shape last)

let private withState after : Layer<Tensor, Tensor> =
    Layer.create
        "counter"
        []
        (fun _ -> struct (Tree.empty, Node [ "runs", Leaf(Tensor.zeros [ 1 ]) ]))
        (fun mode _ state x -> struct (x, after mode state x))

// A layer whose numbers are not among its parameters: those of the key that it was begun from last.
let private hidden () =
    let mutable weight = Tensor.zeros [ 1 ]

    Layer.create
        "hidden"
        []
        (fun key ->
            weight <- Scope.keep (Random.normal [ 1 ] key)
            struct (Tree.empty, Tree.empty))
        (fun _ _ state (x: Tensor) -> struct (x + weight, state))

let private wrongDerivative (x: Tensor) = x * Tensor.stopGradient x
let private layerOfWrong = Layer.lift wrongDerivative
let private centring = stateless (fun _ x -> x - Tensor.mean x)
let private square (x: Tensor) = Tensor.sum (Tensor.square x)
let private uphill = Transform.scale 0.1
let private flip = Tensor.flip [ 1 ]

// A transform whose memory is outside its state.
let private forgetful () =
    let mutable velocity: float = 0.0

    Transform.ofGradients (fun _ _ gs ->
        velocity <- velocity + 0.01
        Tree.map (fun g -> -velocity * g) gs)

let private problem =
    let data = lazy Dataset.create (Random.normal [ 12; 3 ] key) (Tensor.ofInts [ for i in 0..11 -> i % 2 ])

    fun transform ->
        let rule = Rule.ofLoss Loss.crossEntropy (dense 3 4 --> batchNorm 4 --> dropout 0.3 --> dense 4 2)
        Law.resumption 7 key rule transform (Dataset.batches 5 20 key data.Value)

let private pi = [| 0.2; 0.3; 0.5 |]

// Metropolis on three states with uniform proposals: in balance with π.
let private metropolis (pi: float[]) i =
    let n = pi.Length

    let move j = if j = i then 0.0 else min 1.0 (pi[j] / pi[i]) / float n
    let row = Array.init n move
    Array.updateAt i (1.0 - Array.sum row) row

let private exact = Law.transitions 3 (metropolis pi)
// Round and round: uniform is stationary, but there is no balance.
let private wheel = Law.transitions 3 (fun i -> Array.init 3 (fun j -> if j = (i + 1) % 3 then 0.9 else 0.05))
let private even = Array.create 3 (1.0 / 3.0)

let private sampled (rows: int -> float[]) key i =
    let u = Random.uniformOf Dtype.Float64 [ 1 ] key |> Tensor.toFloat
    let edges = Array.scan (+) 0.0 (rows i)
    min (edges.Length - 2) (Array.findIndexBack (fun edge -> edge <= u) edges)

/// A law by name, kept by one thing and broken by others, with words of each counterexample.
let private rows: (string * (unit -> Verdict) * (string * string list * (unit -> Verdict)) list) list =
    [
        "gradients",
        (fun () -> Law.gradients 1e-6 3 key (Tensor.sin >> Tensor.square) x.Value),
        [
            "half a derivative",
            [ "order 1"; "finite difference" ],
            (fun () -> Law.gradients 1e-6 3 key wrongDerivative x.Value)
            "right at first, wrong at second order",
            [ "order 2" ],
            (fun () ->
                // x² whose derivative is a constant 2x.
                let f = Differentiation.custom Tensor.square (fun x _ y -> Tensor.stopGradient (2.0 * x) * y)
                Law.gradients 1e-6 3 key f x.Value)
            "a NaN", [ "NaN" ], (fun () -> Law.gradients 1e-6 1 key (fun x -> Tensor.log (x - 100.0)) x.Value)
        ]
        "layerGradients",
        (fun () -> Law.layerGradients 1e-6 2 key (dense 3 2 --> tanh --> batchNorm 2) x.Value),
        [
            "a wrong derivative by the input",
            [ "Eval, by the input" ],
            (fun () -> Law.layerGradients 1e-6 2 key layerOfWrong x.Value)
            "a wrong derivative by a parameter",
            [ "by the parameters" ],
            (fun () ->
                let layer =
                    layer {
                        let! w = weight "weight" (Random.normal [ 3 ])
                        return fun x -> x * (w * Tensor.stopGradient w)
                    }

                Law.layerGradients 1e-6 2 key layer x.Value)
        ]
        "purity",
        (fun () -> Law.purity key (dense 3 2 --> dropout 0.5 --> batchNorm 2) single.Value),
        [
            "a hidden counter", [ "equal outputs"; "run twice" ], (fun () -> Law.purity key (counting ()) single.Value)
            "writing into the input",
            [ "leaves its inputs" ],
            (fun () -> Law.purity key writing (Random.normal [ 2; 3 ] (Key.ofSeed 5)))
            "a state that counts outside",
            [ "equal states"; "'runs'" ],
            (fun () ->
                let mutable runs = 0.0

                let layer =
                    withState (fun _ _ _ ->
                        runs <- runs + 1.0
                        Node [ "runs", Leaf(Tensor.full [ 1 ] runs) ])

                Law.purity key layer single.Value)
        ]
        "evaluation",
        (fun () -> Law.evaluation key (dense 3 2 --> dropout 0.5 --> batchNorm 2) single.Value),
        [
            "a state that moves in evaluation",
            [ "evaluation leaves the state alone"; "'runs'" ],
            (fun () -> Law.evaluation key (withState (fun _ state _ -> Tree.map (fun n -> n + 1.0) state)) single.Value)
            "noise of the last key",
            [ "depends on no key" ],
            (fun () -> Law.evaluation key (remembering ()) single.Value)
            "a state of another shape",
            [ "outline"; "[2]" ],
            (fun () ->
                let layer =
                    withState (fun mode state _ ->
                        if mode.IsEval then state else Node [ "runs", Leaf(Tensor.zeros [ 2 ]) ])

                Law.evaluation key layer single.Value)
            "a state that holds gradients",
            [ "no gradients"; "0/mean" ],
            (fun () ->
                let keeping =
                    Layer.create
                        "keeping"
                        []
                        (fun key ->
                            let param = { Role = Role.Weight; Value = Random.normal [ 3 ] key }
                            struct (Node [ "weight", Leaf param ], Node [ "0/mean", Leaf(Tensor.zeros [ 3 ]) ]))
                        (fun mode ps state (x: Tensor) ->
                            let y = x * (Tree.leaf [ "weight" ] ps).Value

                            struct (y, (if mode.IsEval then state else Node [ "0/mean", Leaf(Tensor.meanOver 0 y) ])))

                Law.evaluation key keeping single.Value)
        ]
        "shape",
        (fun () -> Law.shape key [ 1; 6; 6 ] [ 32 ] [ 1; 2; 7 ] (conv2d 1 2 3 --> flatten)),
        [
            "another width", [ "[1; 2]"; "[1; 3]" ], (fun () -> Law.shape key [ 4 ] [ 2 ] [ 1; 2 ] (dense 4 3))
            "the whole batch in one",
            [ "[3; 4]"; "[12]" ],
            (fun () -> Law.shape key [ 4 ] [ 4 ] [ 3 ] (Layer.lift (Tensor.reshape [ -1 ])))
        ]
        "independence",
        (fun () -> Law.independence 1e-12 key (dense 3 4 --> batchNorm 4 --> softmax) x.Value),
        [
            "a mean over the batch",
            [ "sample 0"; "alone and among the others" ],
            (fun () -> Law.independence 1e-12 key centring x.Value)
            "one output for all",
            [ "one output for each sample" ],
            (fun () -> Law.independence 1e-12 key (Layer.lift (Tensor.sumOver 0)) x.Value)
        ]
        "equivariance",
        (fun () -> Law.equivariance 1e-12 flip flip Tensor.tanh x.Value),
        [
            "a sum along the axis",
            [ "f(T x) = T' f(x)" ],
            (fun () -> Law.equivariance 1e-12 flip flip (Tensor.cumsum 1) x.Value)
            "another shape",
            [ "[4; 1]" ],
            (fun () -> Law.equivariance 1e-12 (Tensor.slice 1 0 1) id Tensor.tanh x.Value)
        ]
        "invariance",
        (fun () -> Law.invariance 1e-12 flip (Tensor.sumOver 1) x.Value),
        [
            "the first of them",
            [ "f(T x) = f(x)"; "number 0" ],
            (fun () -> Law.invariance 1e-12 flip (Tensor.slice 1 0 1) x.Value)
            "NaN for a number", [ "NaN" ], (fun () -> Law.invariance 1e-12 (fun x -> x * nan) id x.Value)
        ]
        "roundTrip",
        (fun () -> Law.roundTrip key (dense 3 4 --> batchNorm 4 --> Layer.named "head" (dense 4 2)) single.Value),
        [
            "numbers outside the parameters",
            [ "the same output" ],
            (fun () -> Law.roundTrip key (hidden ()) single.Value)
        ]
        "descent",
        (fun () -> Law.descent 100 1e-3 (Transform.scale -0.1) square x.Value),
        [
            "uphill", [ "at most 0.001"; "step 20" ], (fun () -> Law.descent 20 1e-3 uphill square x.Value)
            "too long a step",
            [ "a finite value" ],
            (fun () -> Law.descent 3000 1e-3 (Transform.scale -3.0) square x.Value)
        ]
        "resumption",
        (fun () -> problem (Optimizer.adam (Schedule.constant 0.01))),
        [
            "a velocity outside the memory",
            [ "a resumed run equals a whole one"; "7 steps" ],
            (fun () -> problem (forgetful ()))
        ]
        "stationary",
        (fun () -> Law.stationary 1e-12 pi exact),
        [
            "another distribution", [ "πP = π"; "state 0" ], (fun () -> Law.stationary 1e-12 even exact)
            "rows that do not add up",
            [ "row of state 0" ],
            (fun () -> Law.stationary 1e-12 even (Array2D.create 3 3 0.3))
            "a negative probability",
            [ "at least 0" ],
            (fun () -> Law.stationary 1e-12 [| 0.5; 0.5 |] (array2D [ [ 1.5; -0.5 ]; [ -0.5; 1.5 ] ]))
        ]
        "detailedBalance",
        (fun () -> Law.detailedBalance 1e-12 pi exact),
        [
            "a wheel, which is stationary all the same",
            [ "states 1 and 0" ],
            (fun () -> Law.detailedBalance 1e-12 even wheel)
        ]
        "preserves",
        (fun () -> Law.preserves 20000 key pi (sampled (metropolis pi))),
        [
            "accepting always",
            [ "5 standard errors" ],
            (fun () -> Law.preserves 20000 key pi (sampled (fun _ -> even)))
            "acceptance upside down",
            [ "5 standard errors" ],
            (fun () -> Law.preserves 20000 key pi (sampled (metropolis (Array.map (fun p -> 1.0 / p) pi))))
            "a state that does not exist",
            [ "from 0 to 2"; "3" ],
            (fun () -> Law.preserves 100 key pi (fun _ i -> i + 1))
        ]
    ]

/// The values that FsCheck ends at where a property fails, by the generator's own shrinker.
let private smallest (arbitrary: Arbitrary<'a>) (holds: 'a -> bool) : 'a =
    let mutable found = None

    let runner =
        { new IRunner with
            member _.OnStartFixture _ = ()
            member _.OnArguments(_, _, _) = ()
            member _.OnShrink(_, _) = ()

            member _.OnFinished(_, result) =
                match result with
                | TestResult.Failed(_, _, shrunk, _, _, _, _) -> found <- Some(unbox<'a> shrunk.Head)
                | _ -> ()
        }

    Check.One(Config.Quick.WithRunner(runner).WithMaxTest 200, Prop.forAll arbitrary holds)

    match found with
    | Some value -> value
    | None -> failtest "the property was never broken"

let private tensors fewest most =
    Arb.fromGenShrink (
        Generators.shape fewest most 5 |> Gen.bind (Generators.tensor false Dtype.Float64),
        Shrinkers.tensor
    )

let private registered =
    { FsCheckConfig.defaultConfig with
        arbitrary = [ typeof<Arbitraries> ]
        maxTest = 30
    }

let private published = BindingFlags.Public ||| BindingFlags.Static ||| BindingFlags.DeclaredOnly

let tests =
    testList
        "laws"
        [
            for name, kept, broken in rows do
                test $"{name}: kept" {
                    let verdict = kept ()
                    Expect.isTrue verdict.Holds (string verdict)
                    Verdict.check verdict
                }

                for what, words, verdict in broken do
                    test $"{name}: broken by {what}" {
                        let verdict = verdict ()
                        Expect.isFalse verdict.Holds "it fails"
                        let error = raised<LawBrokenException> verdict.Check
                        Expect.equal error.Message (string verdict) "the exception says what the verdict says"

                        for word in "expected" :: "but found" :: words do
                            Expect.stringContains error.Message word "law, given, expected and found"
                    }

            test "each law has a row above, and a twin in C#" {
                let all =
                    [
                        for t in typeof<Verdict>.Assembly.GetExportedTypes() do
                            if t.Name = "Law" then
                                for m in t.GetMethods published -> m.Name
                    ]

                let helpers = [ "transitions" ]

                Expect.equal
                    (List.sort [ for name, _, _ in rows -> name ])
                    (List.sort (List.except helpers all))
                    "rows and laws"

                Expect.equal
                    (List.sort [ for m in typeof<L>.GetMethods published -> m.Name.ToLowerInvariant() ])
                    (List.sort [ for name in all -> name.ToLowerInvariant() ])
                    "twins"
            }

            test "the twins of C# say the same" {
                let equal name (a: Verdict) (b: Verdict) = Expect.equal (string b) (string a) name
                let f, layer, x32 = Tensor.sin, dense 3 2 --> dropout 0.5, single.Value

                equal
                    "gradients"
                    (Law.gradients 1e-6 2 key wrongDerivative x.Value)
                    (L.Gradients(wrongDerivative, x.Value, key))

                equal "gradients, kept" (Law.gradients 1e-6 2 key f x.Value) (L.Gradients(f, x.Value, key))

                equal "equivariance" (Law.equivariance 1e-5 flip id f x.Value) (L.Equivariance(f, flip, id, x.Value))

                equal "invariance" (Law.invariance 1e-5 flip f x.Value) (L.Invariance(f, flip, x.Value))

                equal
                    "layer gradients"
                    (Law.layerGradients 1e-6 2 key layerOfWrong x.Value)
                    (L.LayerGradients(layerOfWrong, x.Value, key))

                equal "purity" (Law.purity key (counting ()) x32) (L.Purity(counting (), x32, key))
                equal "purity, kept" (Law.purity key layer x32) (L.Purity(layer, x32, key))

                equal "evaluation" (Law.evaluation key (remembering ()) x32) (L.Evaluation(remembering (), x32, key))

                equal "shape" (Law.shape key [ 3 ] [ 4 ] [ 1; 2 ] layer) (L.Shape(layer, [| 3 |], [| 4 |], key, 1, 2))
                equal "independence" (Law.independence 1e-5 key centring x32) (L.Independence(centring, x32, key))
                equal "round trip" (Law.roundTrip key (hidden ()) x32) (L.RoundTrip(hidden (), x32, key))

                equal
                    "descent"
                    (Law.descent 20 1e-3 uphill square x.Value)
                    (L.Descent(uphill, square, x.Value, 1e-3, 20))

                let rule = Rule.ofLoss Loss.squaredError (dense 3 3)
                let batches = Batches.cycle 9 [ struct (x32, x32) ]

                equal
                    "resumption"
                    (Law.resumption 6 key rule (forgetful ()) batches)
                    (L.Resumption(rule, forgetful (), batches, key, 6))

                Expect.equal (L.Transitions(3, metropolis pi)) exact "transitions"
                equal "stationary" (Law.stationary 1e-9 even exact) (L.Stationary(even, exact))
                equal "balance" (Law.detailedBalance 1e-9 even wheel) (L.DetailedBalance(even, wheel))

                equal
                    "preserves"
                    (Law.preserves 10000 key even (sampled (metropolis pi)))
                    (L.Preserves(even, sampled (metropolis pi), key))
            }

            test "verdicts: the first that is broken, in words and by cases" {
                let broken law = Verdict.Broken { Law = law; Given = "1"; Expected = "2"; Found = "3" }

                let never = seq { failtest "a later verdict was asked for" }
                let first = Verdict.all (Seq.append [ Verdict.Kept; broken "a" ] never)
                Expect.equal (string first) "a: given 1, expected 2, but found 3" "the counterexample"
                Expect.equal (string (Verdict.all [])) "the law holds" "nothing is broken"
                let cases (verdict: Verdict) = verdict.Match((fun () -> "kept"), (fun example -> example.Law))
                Expect.equal (cases first, cases Verdict.Kept) ("a", "kept") "by cases"
                Expect.equal (raised<LawBrokenException> first.Check).Counterexample.Found "3" "in the exception"
            }

            test "C#'s fluent API: a layer of one's own keeps the laws, and a broken one is found" {
                let mine = Examples.CSharp.OwnLaws.Gate
                Examples.CSharp.OwnLaws.OfLayer mine
                Examples.CSharp.OwnLaws.OfDerivatives mine
                Examples.CSharp.OwnLaws.OfOptimizer(Optimizer.adam (Schedule.cosine 0.5 0.0 300))

                for broken in
                    [
                        fun () -> Examples.CSharp.OwnLaws.OfLayer(counting ())
                        fun () -> Examples.CSharp.OwnLaws.OfLayer(dense 3 2)
                        fun () -> Examples.CSharp.OwnLaws.OfDerivatives layerOfWrong
                        fun () -> Examples.CSharp.OwnLaws.OfOptimizer uphill
                    ] do
                    expectError<Exception> [ "Falsifiable"; "LawBrokenException"; "but found" ] broken
            }

            test "what is no question to a law is refused" {
                expectError<ArgumentException> [ "float64"; "float32" ] (fun () ->
                    Law.gradients 1e-6 1 key Tensor.sin single.Value |> ignore)

                expectError<ArgumentException> [ "at least 2"; "1" ] (fun () ->
                    Law.resumption 1 key (Rule.ofLoss Loss.squaredError (dense 1 1)) uphill (Batches.ofSeq [])
                    |> ignore)

                expectError<ArgumentException> [ "no batches" ] (fun () ->
                    Law.resumption 4 key (Rule.ofLoss Loss.squaredError (dense 1 1)) uphill (Batches.ofSeq [])
                    |> ignore)

                expectError<ArgumentException> [ "3 and 2×2" ] (fun () ->
                    Law.stationary 1e-9 even (Array2D.create 2 2 0.5) |> ignore)

                expectError<ArgumentException> [ "2 out of state 0" ] (fun () ->
                    Law.transitions 3 (fun _ -> [| 0.5; 0.5 |]) |> ignore)

                expectError<ArgumentException> [ "at least one"; "0" ] (fun () ->
                    Law.preserves 0 key pi (fun _ i -> i) |> ignore)

                expectError<ArgumentException> [ "at least 3"; "at most 2" ] (fun () ->
                    Generators.shape 3 2 4 |> ignore)
            }

            test "a layer that looks at the batch shrinks to two samples of one number" {
                let holds x = (Law.independence 1e-9 key centring x).Holds
                let least = smallest (tensors 2 2) (fun x -> x.Rank = 0 || holds x)
                Expect.equal least.Count 2 $"{least}"

                // Two numbers that differ, one of them 0; which simple number the other is depends on where the shrinking began.
                let sizes = Tensor.toDoubles least |> Array.map abs |> Array.sort
                Expect.equal sizes[0] 0.0 $"{Tensor.format least}"
                Expect.isTrue (sizes[1] > 0.0 && sizes[1] <= 1.0) $"{Tensor.format least}"
            }

            test "a wrong derivative shrinks to one number that shows it" {
                // Right below 2, wrong from there on.
                let f (x: Tensor) =
                    Tensor.where (Tensor.ge x (Tensor.full [] 2.0)) (wrongDerivative x) (Tensor.square x)

                let least = smallest (tensors 0 2) (fun x -> (Law.gradients 1e-4 1 key f x).Holds)
                Expect.equal least.Count 1 $"{least}"
                expectBelow 4.0 $"{Tensor.format least}" (Tensor.toFloat (Tensor.sum least))
            }

            test "pipelines shrink to the layer that is to blame" {
                let isRandom (pipeline: Pipeline) =
                    let struct (ps, state) = Layer.init key pipeline.Layer

                    let run i =
                        fst (runLayer pipeline.Layer (Train(Key.child i key)) ps state (pipeline.Inputs(50, key)))

                    not (Tensor.equal (run 1) (run 2))

                let least = smallest (Arbitraries.Pipeline()) (isRandom >> not)
                Expect.equal (string least) "[1]: dropout 0.5" "nothing else is left"
            }

            test "keys, shapes, trees and data sets shrink to the edge of what fails" {
                Expect.equal (smallest (Arbitraries.Key()) (fun key -> key.Bits < 1000UL)) (Key.ofSeed 1000) "key"

                let shape = smallest (Arbitraries.Shape()) (fun shape -> Array.fold (*) 1 shape.Axes < 12)
                let smaller = Shrinkers.shape (List.ofArray shape.Axes) |> Seq.map (List.fold (*) 1)
                Expect.all smaller (fun count -> count < 12) $"{shape}: every smaller one is too small"

                let tree = smallest (Arbitraries.Tree()) (fun tree -> (Tree.values tree).Length < 2)
                Expect.equal (Tree.values tree |> Array.map _.Rank) [| 0; 0 |] "two scalars"
                Expect.equal (Tree.values tree |> Array.map Tensor.toFloat) [| 0.0; 0.0 |] "both 0"

                let data = smallest (Arbitraries.Dataset()) (fun data -> Dataset.count data < 3)
                Expect.equal (Dataset.count data) 3 "three samples"
                Expect.all (Tensor.toDoubles data.Inputs) ((=) 0.0) "of zeros"
            }

            for name, arbitrary in
                [
                    for dtype in Enum.GetValues<Dtype>() do
                        $"{dtype}", Arbitraries.TensorOf([| 3; 2 |], dtype)
                        $"{dtype} with specials", Arbitraries.TensorOf([| 3; 2 |], dtype, true)
                ] do
                test $"tensors of {name}: shape and dtype are as asked, shrunk ones too, and shrinking ends" {
                    let first = arbitrary.Generator |> Gen.sampleWithSize 30 1 |> Array.head

                    let rec follow n (x: Tensor) =
                        Expect.equal (x.Dtype, List.ofArray x.Shape) (first.Dtype, [ 3; 2 ]) "as asked"
                        Expect.isLessThan n 500 "steps"

                        match Seq.tryHead (arbitrary.Shrinker x), Seq.tryLast (arbitrary.Shrinker x) with
                        | Some _, Some last -> follow (n + 1) last
                        | _ -> Expect.all (Tensor.toDoubles x) ((=) 0.0) "nothing is left"

                    follow 0 first
                }

            test "specials are among the numbers where they are asked for, and only there" {
                let finite specials =
                    let arbitrary = Arbitraries.TensorOf([| 50 |], Dtype.Float32, specials)

                    arbitrary.Generator
                    |> Gen.sample 20
                    |> Seq.forall (Tensor.toDoubles >> Array.forall Double.IsFinite)

                Expect.isTrue (finite false) "finite"
                Expect.isFalse (finite true) "specials"
            }

            testPropertyWithConfig registered "Arbitraries are found by type"
            <| fun (x: Tensor) (shape: Shape) (key: Key) ->
                Expect.isLessThanOrEqual x.Rank 3 "a tensor"
                Expect.isLessThanOrEqual shape.Axes.Length 4 "a shape"
                Expect.equal (Key.ofSeed (int key.Bits)) key "a key of a seed"

            testPropertyWithConfig registered "random pipelines of the library keep the laws of layers"
            <| fun (pipeline: Pipeline) (key: Key) ->
                let x = pipeline.Inputs(3, key)
                let input, output = List.ofArray pipeline.InputShape, List.ofArray pipeline.OutputShape
                Law.purity key pipeline.Layer x |> Verdict.check
                Law.evaluation key pipeline.Layer x |> Verdict.check
                Law.shape key input output [ 1; 2 ] pipeline.Layer |> Verdict.check
                Law.independence 1e-8 key pipeline.Layer (Tensor.cast Dtype.Float64 x) |> Verdict.check
                Law.roundTrip key pipeline.Layer x |> Verdict.check

            test "every kind of layer comes up in random pipelines, at the top and inside of others" {
                let rec kinds depth (piece: Piece) =
                    let inner =
                        match piece with
                        | Piece.Residual inner -> inner
                        | Piece.Fork(f, g) -> f @ g
                        | Piece.Concat branches -> List.concat branches
                        | _ -> []

                    let name =
                        match piece with
                        | Piece.Pointwise name -> name
                        | piece ->
                            let case, _ = FSharpValue.GetUnionFields(piece, typeof<Piece>, true)
                            case.Name

                    (depth, name) :: List.collect (kinds (depth + 1)) inner

                for smooth in [ false; true ] do
                    let pipelines =
                        (Arbitraries.PipelineOf smooth).Generator |> Gen.sampleWithSeed (Rnd(7UL, 7UL)) 30 1500

                    let found = pipelines |> Seq.collect _.Pieces |> Seq.collect (kinds 0) |> Set.ofSeq

                    let expected =
                        [
                            for case in FSharpType.GetUnionCases(typeof<Piece>, true) do
                                if case.Name <> "Pointwise" then
                                    case.Name
                            for name, _, _ in Piece.pointwise do
                                name
                        ]
                        |> List.except (
                            if smooth then
                                [
                                    "MaxPool"
                                    "Prelu"
                                    "Maxout"
                                    for name, _, isSmooth in Piece.pointwise do
                                        if not isSmooth then
                                            name
                                ]
                            else
                                // One of the two pools is enough where kinks are allowed.
                                [ "MeanPool" ]
                        )

                    let at depth = found |> Seq.filter (fst >> (=) depth) |> Seq.map snd |> Set.ofSeq
                    Expect.equal (at 0) (Set.ofList expected) "at the top"

                    Expect.equal
                        (at 1)
                        (Set.ofList (List.except [ "Residual"; "Fork"; "Concat" ] expected))
                        "inside of others"

                    let axes = pipelines |> Seq.map _.InputShape.Length |> Set.ofSeq
                    Expect.equal axes (Set.ofList [ 1; 2; 3; 4 ]) "vectors, sequences, images, volumes"
            }

            test "pipelines that are printed are the layers: forks, branches and what runs along axes" {
                let pipeline =
                    Pipeline(
                        [ 2; 5 ],
                        [
                            Piece.Conv(3, 2)
                            Piece.Fork([ Piece.Pointwise "gelu" ], [ Piece.LayerNorm ])
                            Piece.Concat [ [ Piece.Prelu ]; [ Piece.Transposed(1, 1); Piece.GroupNorm 1 ] ]
                        ]
                    )

                Expect.equal
                    (string pipeline)
                    "[2; 5]: conv1d 2 3 2 --> Layer.fork (gelu) (layerNorm [ 3; 4 ]) --> Layer.lift (fun (struct (a, b)) -> a + b) --> Layer.concat 1 [ prelu 3; convTranspose1d 3 1 1 --> groupNorm 1 1 ]"
                    "as F# writes it"

                let written =
                    conv1d 2 3 2
                    --> Layer.fork gelu (layerNorm [ 3; 4 ])
                    --> Layer.lift (fun (struct (a, b)) -> a + b)
                    --> Layer.concat 1 [ prelu 3; convTranspose1d 3 1 1 --> groupNorm 1 1 ]

                let x = pipeline.Inputs(4, key)

                let run layer =
                    let struct (ps, state) = Layer.init key layer
                    fst (runLayer layer (Train key) ps state x)

                expectSame "the same layer" (run written) (run pipeline.Layer)
                Expect.equal (List.ofArray pipeline.OutputShape) [ 4; 4 ] "the shape"
            }

            testPropertyWithConfig registered "batches are aligned, and a batching gives each sample so often"
            <| fun (struct (inputs, labels): struct (Tensor * Tensor)) (batching: Batching) ->
                Expect.equal inputs.Shape[0] labels.Shape[0] "a label for each sample"
                Expect.equal (inputs.Dtype, labels.Dtype) (Dtype.Float32, Dtype.Int64) "dtypes"
                let batches = Batches.from 0 batching.Batches |> List.ofSeq
                let n = Dataset.count batching.Data
                let perEpoch = (n + batching.Size - 1) / batching.Size
                Expect.equal batches.Length (batching.Epochs * perEpoch) "so many batches"

                for struct (x, y) in batches do
                    Expect.isTrue (x.Shape[0] >= 1 && x.Shape[0] <= batching.Size) "no larger"
                    Expect.equal y.Shape[0] x.Shape[0] "aligned"

                let seen = batches |> Seq.collect (fun (struct (_, y)) -> Tensor.toLongs y) |> Seq.sort |> List.ofSeq

                let given =
                    Tensor.toLongs batching.Data.Targets
                    |> Seq.collect (Seq.replicate batching.Epochs)
                    |> Seq.sort
                    |> List.ofSeq

                Expect.equal seen given "each label as often as it should be"

            test "batches and batchings shrink to the edge of what fails" {
                let struct (inputs, labels) = smallest (Arbitraries.Batch()) (fun (struct (x, _)) -> x.Shape[0] < 3)

                Expect.equal (inputs.Shape[0], labels.Shape[0]) (3, 3) "three samples"
                Expect.all (Tensor.toDoubles inputs) ((=) 0.0) "of zeros"

                let least =
                    smallest (Arbitraries.Batching()) (fun batching ->
                        batching.Size < 2 || Seq.length (Batches.from 0 batching.Batches) < 2)

                Expect.equal least.Size 2 $"{least}"
                Expect.equal (least.Epochs * Dataset.count least.Data <= 3) true $"{least}"
                Expect.equal least.Key (Key.ofSeed 0) $"{least}"
            }

            testPropertyWithConfig { registered with maxTest = 20 } "smooth pipelines keep the laws of derivatives"
            <| Prop.forAll (Arbitraries.PipelineOf true) (fun pipeline ->
                Law.layerGradients 1e-5 1 key pipeline.Layer (pipeline.Inputs(3, key)) |> Verdict.check)

            testPropertyWithConfig registered "trees and data sets by type: safetensors and slices keep them"
            <| fun (tree: Tree<Tensor>) (data: Dataset) ->
                Expect.equal (Dataset.count (Dataset.slice 0 1 data)) 1 "one sample"
                expectSameTree "mapped by nothing" tree (Tree.map id tree)
        ]
