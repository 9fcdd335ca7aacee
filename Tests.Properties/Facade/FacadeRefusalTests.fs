/// What the facade refuses: null, wrong shapes and wrong values, each with the name of the parameter in C#.
module FacadeRefusalTests

open System
open System.Collections.Generic
open System.IO
open System.Linq.Expressions
open System.Reflection
open Expecto
open Functional
open Functional.FSharp

type private Make = CSharp.Tensors
type private X = CSharp.TensorExtensions
type private L = CSharp.Layers
type private E = CSharp.LayerExtensions

let private key = Key.ofSeed 2
let private data = lazy CSharp.Datasets.Create(Random.normal [ 6; 3 ] key, Random.normal [ 6; 2 ] key)
let private rule = CSharp.Rules.OfLoss((fun y target -> CSharp.Losses.SquaredError(y, target)), L.Dense(3, 2))
let private sgd = CSharp.Optimizers.Sgd(CSharp.Schedules.Constant 0.1)
let private snapshot = lazy CSharp.Training.Start(rule, sgd, key)

let private methods =
    [
        for t in Array.append (typeof<L>.Assembly.GetExportedTypes()) [| typeof<CSharp.Laws> |] do
            if not t.IsNested then
                for m in t.GetMethods(BindingFlags.Public ||| BindingFlags.Static ||| BindingFlags.DeclaredOnly) do
                    // Reflection cannot pass spans; their methods are called by hand below.
                    if m.GetParameters() |> Array.forall (fun p -> not p.ParameterType.IsByRefLike) then
                        m
    ]

// A sound argument of a type; a type of a new kind joins here. Nothing is written into a folder that does not exist.
let rec private sound (t: Type) : objnull =
    let item () = t.GetGenericArguments()[0]
    let generic (definition: Type) = t.IsGenericType && t.GetGenericTypeDefinition() = definition
    let construct (definition: Type) = Activator.CreateInstance(definition.MakeGenericType(t.GetGenericArguments()))

    if t.IsValueType then
        Activator.CreateInstance t
    elif t = typeof<string> then
        Path.Combine("missing", "folder")
    elif t = typeof<Tensor> then
        Tensor.Ones(2, 2)
    elif t = typeof<Mode> then
        Mode.Eval
    elif t = typeof<Padding> then
        Padding.Valid
    elif t = typeof<Summary> then
        E.Summary(L.Identity<Tensor>(), 1)
    elif t = typeof<Transform> then
        sgd
    elif t = typeof<Dataset> then
        data.Value
    elif t = typeof<Uri> then
        Uri "http://localhost/missing"
    elif t = typeof<Table> then
        Table("missing", [||], ResizeArray(), ResizeArray())
    elif t = typeof<Snapshot> then
        CSharp.Snapshots.Create(0, key, readOnlyDict [], readOnlyDict [], readOnlyDict [], Tensor.Ones 1)
    elif t = typeof<Layer<Tensor, Tensor>> then
        L.Identity<Tensor>()
    elif t = typeof<Rule<Tensor>> then
        CSharp.Rules.Create<Tensor>(
            (fun _ -> struct (readOnlyDict [], readOnlyDict [])),
            fun _ _ _ batch -> struct (batch, readOnlyDict [], readOnlyDict [])
        )
    elif t = typeof<Batches<Tensor>> then
        CSharp.Batches.Of<Tensor> []
    elif t = typeof<Declared<Tensor>> then
        L.Bias("b", fun _ -> Tensor.Ones 1)
    elif t = typeof<HopfieldUnits> then
        HopfieldUnits.Bipolar
    elif t = typeof<HopfieldNetwork> then
        Hopfield.hebb (Tensor.Ones(2, 2))
    elif t = typeof<DenseMemory> then
        DenseMemory.exponential (Tensor.Ones(2, 2))
    elif t = typeof<Reduction> then
        Reduction.Mean
    elif t = typeof<Accumulation> then
        Accumulation.Latest
    elif t = typeof<Reduction> then
        Reduction.Mean
    elif t = typeof<Units> then
        Units.Spin
    elif t = typeof<Boltzmann> then
        Boltzmann.create 2 1 1.0
    elif t = typeof<Rbm> then
        Rbm.bernoulli 2 2
    elif t = typeof<Dbn> then
        let rbm = Rbm.bernoulli 2 2
        Dbn.create [ struct (rbm, Rbm.init 0.1 key rbm) ]
    elif t = typeof<Dbm> then
        Dbm.bernoulli [ 2; 2; 2 ]
    elif t = typeof<ConditionalRbm> then
        ConditionalRbm.create 2 (Rbm.bernoulli 2 2)
    elif t = typeof<Kernel<Tensor>> then
        CSharp.Kernels.OfMove<Tensor>(fun _ x -> struct (x, x))
    elif generic typedefof<Structure<_, _>> then
        CSharp.Structures.Tensor
    elif t.IsArray && t.GetArrayRank() = 2 then
        Array.CreateInstance(nonNull (t.GetElementType()), 0, 0)
    elif t.IsArray then
        Array.CreateInstance(nonNull (t.GetElementType()), 0)
    elif generic typedefof<IProgress<_>> then
        construct typedefof<Progress<_>>
    elif generic typedefof<IEnumerable<_>> then
        Array.CreateInstance(item (), 0)
    elif generic typedefof<IReadOnlyDictionary<_, _>> then
        construct typedefof<Dictionary<_, _>>
    elif t.IsSubclassOf typeof<Delegate> then
        let invoke = nonNull (t.GetMethod "Invoke")
        let parameters = invoke.GetParameters() |> Array.map (fun p -> Expression.Parameter p.ParameterType)
        Expression.Lambda(t, Expression.Default invoke.ReturnType, parameters).Compile()
    else
        failtest $"add a sound argument of type {t}"

// The parameters that take no null: reference types without a question mark; a type parameter may be anything.
let private required (m: MethodInfo) =
    [
        for p in m.GetParameters() do
            let isReference = not p.ParameterType.IsValueType && not p.ParameterType.IsGenericParameter

            if isReference && NullabilityInfoContext().Create(p).WriteState = NullabilityState.NotNull then
                p
    ]

// What a method makes of null for one parameter and sound arguments for the others.
let private withNull (m: MethodInfo) (refused: ParameterInfo) : exn option =
    let m =
        if m.IsGenericMethodDefinition then
            m.MakeGenericMethod [| for _ in m.GetGenericArguments() -> typeof<Tensor> |]
        else
            m

    let arguments =
        [|
            for p in m.GetParameters() -> if p.Position = refused.Position then null else sound p.ParameterType
        |]

    try
        m.Invoke(null, arguments) |> ignore
        None
    with :? TargetInvocationException as error ->
        Some(nonNull error.InnerException)

/// What no null check guards, for the control: it throws where the null is used.
type Careless =
    static member Length(text: string) = text.Length
    static member Nothing(text: string) = ignore text

// A call, the parameter that it must name, and words of the message.
let private refusals: (string * string * string list * (unit -> unit)) list =
    let x = lazy Tensor.Ones(2, 3)
    let images = lazy Tensor.Ones(2, 1, 4, 4)

    let run (layer: Layer<Tensor, Tensor>) (input: Tensor) =
        let struct (ps, state) = E.Init(layer, key)
        E.Apply(layer, Eval, CSharp.Params.ToTensors ps, state, input) |> ignore

    [
        "From", "shape", [ "3 values"; "[2; 2]" ], (fun () -> Make.From([| 1f; 2f; 3f |], 2, 2) |> ignore)
        "Cat of nothing", "parts", [ "at least one" ], (fun () -> Make.Cat(0, []) |> ignore)
        "Stack of nothing", "parts", [ "at least one" ], (fun () -> Make.Stack(0, []) |> ignore)
        "ToDouble", "x", [ "[2; 3]" ], (fun () -> X.ToDouble x.Value |> ignore)
        "Dot", "y", [ "two vectors"; "[2; 3]" ], (fun () -> X.Dot(Tensor.Ones 3, x.Value) |> ignore)
        "x[0, 0, 0]",
        "axes",
        [ "3 indices"; "[2; 3]" ],
        (fun () -> ignore x.Value[Slice.op_Implicit 0, Slice.op_Implicit 0, Slice.op_Implicit 0])
        "Bernoulli", "probability", [ "1.5" ], (fun () -> CSharp.KeyExtensions.Bernoulli(key, 1.5, 2) |> ignore)
        "Dense", "inputs", [ "0 and 3" ], (fun () -> L.Dense(0, 3) |> ignore)
        "Conv2d", "kernel", [ "0" ], (fun () -> L.Conv2d(1, 1, 0) |> ignore)
        "Conv1d", "kernel", [ "[1; 2]" ], (fun () -> L.Conv1d(1, 1, [| 1; 2 |]) |> ignore)
        "Conv2d, stride", "stride", [ "0" ], (fun () -> L.Conv2d(1, 1, 2, stride = 0) |> ignore)
        "Conv2d, groups", "groups", [ "2 groups"; "3" ], (fun () -> L.Conv2d(3, 4, 2, groups = 2) |> ignore)
        "MaxPool2d", "size", [ "0" ], (fun () -> L.MaxPool2d 0 |> ignore)
        "MeanPool2d", "size", [ "-1" ], (fun () -> L.MeanPool2d -1 |> ignore)
        "Dropout", "rate", [ "1.5" ], (fun () -> L.Dropout 1.5 |> ignore)
        "BatchNorm", "features", [ "0" ], (fun () -> L.BatchNorm 0 |> ignore)
        "Named", "name", [ "a/b" ], (fun () -> E.Named(L.Relu, "a/b") |> ignore)
        "two stages of one name",
        "name",
        [ "'a'" ],
        (fun () -> E.Then(E.Named(L.Relu, "a"), E.Named(L.Relu, "a")) |> ignore)
        "Dense, applied", "x", [ "[...; 4]"; "[2; 3]" ], (fun () -> run (L.Dense(4, 2)) x.Value)
        "BatchNorm, applied", "x", [ "[n; 4; ...]"; "[2; 3]" ], (fun () -> run (L.BatchNorm 4) x.Value)
        "Conv2d, applied", "x", [ "[n; 3; h; w]"; "[2; 1; 4; 4]" ], (fun () -> run (L.Conv2d(3, 2, 2)) images.Value)
        "MaxPool2d, applied", "x", [ "5 × 5"; "[2; 1; 4; 4]" ], (fun () -> run (L.MaxPool2d 5) images.Value)
        "Flatten, applied", "x", [ "[n; ...]"; "[2]" ], (fun () -> run L.Flatten (Tensor.Ones 2))
        "parameters of another layer",
        "parameters",
        [ "weight" ],
        (fun () ->
            E.Apply(L.Dense(3, 2), Eval, readOnlyDict [ "bias", Tensor.Ones 2 ], readOnlyDict [], x.Value)
            |> ignore)
        "a parameter too much",
        "parameters",
        [ "[c]" ],
        (fun () ->
            let values = readOnlyDict [ "weight", Tensor.Ones(3, 2); "bias", Tensor.Ones 2; "c", Tensor.Ones 1 ]
            E.Apply(L.Dense(3, 2), Eval, values, readOnlyDict [], x.Value) |> ignore)
        "state of another layer",
        "state",
        [ "mean" ],
        (fun () ->
            let layer = L.BatchNorm 3
            let struct (ps, _) = E.Init(layer, key)
            E.Apply(layer, Eval, CSharp.Params.ToTensors ps, readOnlyDict [], x.Value) |> ignore)
        "a snapshot of another layer",
        "snapshot",
        [ "weight" ],
        (fun () -> CSharp.Evaluation.Predict(E.Then(L.Dense(3, 2), L.Relu), snapshot.Value, x.Value) |> ignore)
        "Map2 of other paths",
        "other",
        [ "[a] are missing"; "[b] are not expected" ],
        (fun () -> CSharp.Trees.Map2(readOnlyDict [ "a", 1 ], readOnlyDict [ "b", 2 ], (fun a b -> a + b)) |> ignore)
        "Map3 of other paths",
        "third",
        [ "[a] are missing" ],
        (fun () ->
            CSharp.Trees.Map3(
                readOnlyDict [ "a", 1 ],
                readOnlyDict [ "a", 1 ],
                readOnlyDict [ "b", 2 ],
                (fun a b c -> a + b + c)
            )
            |> ignore)
        "Refill",
        "values",
        [ "[a] are missing" ],
        (fun () ->
            CSharp.Params.Refill(
                readOnlyDict [ "a", { Role = Role.Bias; Value = x.Value } ],
                readOnlyDict [ "b", x.Value ]
            )
            |> ignore)
        "Move",
        "updates",
        [ "[a] are missing" ],
        (fun () ->
            CSharp.Params.Move(
                readOnlyDict [ "a", { Role = Role.Bias; Value = x.Value } ],
                readOnlyDict [ "b", x.Value ]
            )
            |> ignore)
        "WithParameters",
        "parameters",
        [ "weight" ],
        (fun () -> CSharp.Snapshots.WithParameters(snapshot.Value, readOnlyDict [ "bias", Tensor.Ones 2 ]) |> ignore)
        "Snapshots.Create",
        "step",
        [ "-1" ],
        (fun () ->
            CSharp.Snapshots.Create(-1, key, readOnlyDict [], readOnlyDict [], readOnlyDict [], Tensor.Ones 1)
            |> ignore)
        "SquaredError",
        "target",
        [ "[2; 3]"; "[3]" ],
        (fun () -> CSharp.Losses.SquaredError(x.Value, Tensor.Ones 3) |> ignore)
        "CrossEntropy",
        "labels",
        [ "[2; 3]"; "[3]" ],
        (fun () -> CSharp.Losses.CrossEntropy(x.Value, Make.Labels [ 0; 1; 2 ]) |> ignore)
        "CrossEntropy, label",
        "labels",
        [ "label 3" ],
        (fun () -> CSharp.Losses.CrossEntropy(x.Value, Make.Labels [ 0; 3 ]) |> ignore)
        "Grad",
        "f",
        [ "only one number"; "[2; 3]" ],
        (fun () -> CSharp.Differentiation.Grad((fun x -> x * 2.0), x.Value) |> ignore)
        "Sgd", "rate", [ "-1" ], (fun () -> CSharp.Optimizers.Sgd(CSharp.Schedules.Constant -1.0) |> ignore)
        "Momentum", "mu", [ "1" ], (fun () -> CSharp.Transforms.Momentum 1.0 |> ignore)
        "Adam", "beta2", [ "2" ], (fun () -> CSharp.Transforms.Adam(beta2 = 2.0) |> ignore)
        "DecayWeights", "rate", [ "-1" ], (fun () -> CSharp.Transforms.DecayWeights -1.0 |> ignore)
        "Branch",
        "parts",
        [ "[a]"; "[bias, weight]" ],
        (fun () -> CSharp.Training.Start(rule, CSharp.Transforms.Branch [ struct ("a", sgd) ], key) |> ignore)
        "Scale", "factor", [ "NaN" ], (fun () -> CSharp.Transforms.Scale nan |> ignore)
        "Moments",
        "epsilon",
        [ "-1" ],
        (fun () -> CSharp.Transforms.Moments(Accumulation.Latest, Accumulation.Sum, -1.0) |> ignore)
        "Adagrad", "epsilon", [ "NaN" ], (fun () -> CSharp.Transforms.Adagrad nan |> ignore)
        "RmsProp", "epsilon", [ "NaN" ], (fun () -> CSharp.Transforms.RmsProp(epsilon = nan) |> ignore)
        "RmsPropInside", "epsilon", [ "NaN" ], (fun () -> CSharp.Transforms.RmsPropInside(epsilon = nan) |> ignore)
        "Amsgrad", "epsilon", [ "NaN" ], (fun () -> CSharp.Transforms.Amsgrad(epsilon = nan) |> ignore)
        "Nadam", "epsilon", [ "NaN" ], (fun () -> CSharp.Transforms.Nadam(epsilon = nan) |> ignore)
        "Radam", "epsilon", [ "NaN" ], (fun () -> CSharp.Transforms.Radam(epsilon = nan) |> ignore)
        "Adafactor", "clip", [ "0" ], (fun () -> CSharp.Transforms.Adafactor 0.0 |> ignore)
        "ProximalL1",
        "threshold",
        [ "-1" ],
        (fun () -> CSharp.Transforms.ProximalL1(CSharp.Schedules.Constant -1.0) |> ignore)
        "AddNoise",
        "deviation",
        [ "-1" ],
        (fun () -> CSharp.Transforms.AddNoise(CSharp.Schedules.Constant -1.0) |> ignore)
        "AverageFrom", "from", [ "-1" ], (fun () -> CSharp.Transforms.AverageFrom(-1, sgd) |> ignore)
        "Plateau", "least", [ "NaN" ], (fun () -> CSharp.Transforms.Plateau(0.5, 2, nan, sgd) |> ignore)
        "SharpnessAware", "radius", [ "NaN" ], (fun () -> CSharp.Rules.SharpnessAware(rule, nan) |> ignore)
        "Lbfgs", "iterations", [ "0" ], (fun () -> CSharp.Rules.Lbfgs(rule, iterations = 0) |> ignore)
        "Lbfgs, history", "history", [ "0" ], (fun () -> CSharp.Rules.Lbfgs(rule, history = 0) |> ignore)
        "Cosine", "steps", [ "0" ], (fun () -> CSharp.Schedules.Cosine(1.0, 0.0, 0) |> ignore)
        "Cosine, value", "value", [ "NaN" ], (fun () -> CSharp.Schedules.Cosine(nan, 0.0, 5) |> ignore)
        "Cosine, final", "final", [ "NaN" ], (fun () -> CSharp.Schedules.Cosine(1.0, nan, 5) |> ignore)
        "Constant", "value", [ "NaN" ], (fun () -> CSharp.Schedules.Constant nan |> ignore)
        "Logarithmic", "value", [ "NaN" ], (fun () -> CSharp.Schedules.Logarithmic nan |> ignore)
        "Decay", "factor", [ "-1" ], (fun () -> CSharp.Schedules.Decay(1.0, -1.0, 5) |> ignore)
        "Linear", "value", [ "NaN" ], (fun () -> CSharp.Schedules.Linear(nan, 0.0, 5) |> ignore)
        "Polynomial", "power", [ "-1" ], (fun () -> CSharp.Schedules.Polynomial(-1.0, 1.0, 0.0, 5) |> ignore)
        "Pieces", "values", [ "NaN" ], (fun () -> CSharp.Schedules.Pieces [ struct (0, nan) ] |> ignore)
        "Restarts", "final", [ "NaN" ], (fun () -> CSharp.Schedules.Restarts(1.0, nan, 5) |> ignore)
        "Huber", "delta", [ "NaN" ], (fun () -> CSharp.Losses.Huber(x.Value, x.Value, nan) |> ignore)
        "Hinge", "target", [ "not 0" ], (fun () -> CSharp.Losses.Hinge(x.Value, Tensor.Zeros(2, 3)) |> ignore)
        "Triplet", "margin", [ "-1" ], (fun () -> CSharp.Losses.Triplet(x.Value, x.Value, x.Value, -1.0) |> ignore)
        "MultiMargin",
        "margin",
        [ "-1" ],
        (fun () -> CSharp.Losses.MultiMargin(x.Value, Make.Labels [ 0; 1 ], -1.0) |> ignore)
        "BinaryCrossEntropy",
        "positiveWeight",
        [ "-1" ],
        (fun () -> CSharp.Losses.BinaryCrossEntropy(x.Value, x.Value, -1.0) |> ignore)
        "BinaryFocal", "alpha", [ "2" ], (fun () -> CSharp.Losses.BinaryFocal(x.Value, x.Value, 2.0) |> ignore)
        "BinaryFocal, gamma",
        "gamma",
        [ "-1" ],
        (fun () -> CSharp.Losses.BinaryFocal(x.Value, x.Value, 0.5, -1.0) |> ignore)
        "Focal",
        "classWeights",
        [ "[3]"; "[2]" ],
        (fun () -> CSharp.Losses.Focal(x.Value, Make.Labels [ 0; 1 ], 2.0, Tensor.Ones 2) |> ignore)
        "Batches.Init", "count", [ "-1" ], (fun () -> CSharp.Batches.Init(-1, (fun n -> n)) |> ignore)
        "Batches.Cycle", "count", [ "-1" ], (fun () -> CSharp.Batches.Cycle(-1, [ 1 ]) |> ignore)
        "Batches.Take", "count", [ "-1" ], (fun () -> CSharp.Batches.Take(CSharp.Batches.Of [ 1 ], -1) |> ignore)
        "Batches.From",
        "start",
        [ "-1" ],
        (fun () -> CSharp.Batches.From(CSharp.Datasets.Batches(data.Value, 2, 1, key), -1) |> ignore)
        "Datasets.Create",
        "targets",
        [ "[2; 3]"; "[3]" ],
        (fun () -> CSharp.Datasets.Create(x.Value, Tensor.Ones 3) |> ignore)
        "Datasets.Slice", "stop", [ "2 to 9"; "6" ], (fun () -> CSharp.Datasets.Slice(data.Value, 2, 9) |> ignore)
        "Datasets.Batches", "size", [ "0" ], (fun () -> CSharp.Datasets.Batches(data.Value, 0, 1, key) |> ignore)
        "Datasets.Take", "taken", [ "1 to 6"; "7" ], (fun () -> CSharp.Datasets.Take(data.Value, 7) |> ignore)
        "Datasets.Skip", "skipped", [ "0 to 5"; "6" ], (fun () -> CSharp.Datasets.Skip(data.Value, 6) |> ignore)
        "Datasets.Split", "fraction", [ "1.5" ], (fun () -> CSharp.Datasets.Split(data.Value, 1.5) |> ignore)
        "Datasets.Stratify", "data", [ "[6; 2]" ], (fun () -> CSharp.Datasets.Stratify(data.Value, 0.5) |> ignore)
        "Datasets.Folds", "k", [ "2 to 6"; "7" ], (fun () -> CSharp.Datasets.Folds(data.Value, 7) |> ignore)
        "Datasets.Filter",
        "keep",
        [ "bool [6]"; "[6; 3]" ],
        (fun () -> CSharp.Datasets.Filter(data.Value, (fun x _ -> x)) |> ignore)
        "Datasets.Zip",
        "b",
        [ "6 and 5" ],
        (fun () -> CSharp.Datasets.Zip(data.Value, CSharp.Datasets.Take(data.Value, 5), (fun a _ -> a)) |> ignore)
        "Prefetch", "ahead", [ "0" ], (fun () -> CSharp.Batches.Prefetch(CSharp.Batches.Of [ 1 ], 0) |> ignore)
        "Spirals", "turns", [ "0" ], (fun () -> CSharp.Synthetic.Spirals(0.0, 0.1, 5, key) |> ignore)
        "Moons", "noise", [ "-1" ], (fun () -> CSharp.Synthetic.Moons(-1.0, 5, key) |> ignore)
        "Rings", "radii", [ "[]" ], (fun () -> CSharp.Synthetic.Rings([], 0.1, 5, key) |> ignore)
        "Gaussians",
        "centres",
        [ "[k; d]"; "[3]" ],
        (fun () -> CSharp.Synthetic.Gaussians(Tensor.Ones 3, 1.0, 5, key) |> ignore)
        "Circle", "modes", [ "0" ], (fun () -> CSharp.Synthetic.Circle(0, 1.0) |> ignore)
        "BarsAndStripes", "n", [ "13" ], (fun () -> CSharp.Synthetic.BarsAndStripes 13 |> ignore)
        "FileAsync",
        "sha256",
        [ "64"; "abc" ],
        (fun () -> CSharp.Download.FileAsync(Uri "http://localhost", "abc", "x") |> ignore)
        "Cycle", "batches", [ "no batch" ], (fun () -> CSharp.Batches.Cycle<int>(3, []) |> ignore)
        "Drawn", "count", [ "0" ], (fun () -> CSharp.Digits.Drawn(0, key) |> ignore)
        "Steps",
        "every",
        [ "0" ],
        (fun () ->
            CSharp.Training.Steps(rule, sgd, CSharp.Datasets.Batches(data.Value, 2, 1, key), snapshot.Value, 0)
            |> ignore)
        "Predict",
        "batchSize",
        [ "0" ],
        (fun () -> CSharp.Evaluation.Predict(L.Dense(3, 2), snapshot.Value, x.Value, 0) |> ignore)
        "Accuracy",
        "labels",
        [ "[2; 3]"; "[3]" ],
        (fun () -> CSharp.Evaluation.Accuracy(x.Value, Make.Labels [ 0; 1; 2 ]) |> ignore)
        "Accuracy, label",
        "labels",
        [ "label 5" ],
        (fun () -> CSharp.Evaluation.Accuracy(x.Value, Make.Labels [ 0; 5 ]) |> ignore)
        "TopK, label",
        "labels",
        [ "label 5" ],
        (fun () -> CSharp.Evaluation.TopK(1, x.Value, Make.Labels [ 0; 5 ]) |> ignore)
        "Confusion",
        "labels",
        [ "label 5" ],
        (fun () -> CSharp.Evaluation.Confusion(x.Value, Make.Labels [ 0; 5 ]) |> ignore)
    ]

let tests =
    testList
        "facade refusals"
        [
            test "each parameter that takes no null refuses it, by its name" {
                let cases =
                    [
                        for m in methods do
                            for p in required m -> m, p
                    ]

                Expect.isGreaterThan cases.Length 150 "the parameters that are looked at"

                let wrong =
                    [
                        for m, p in cases do
                            match withNull m p with
                            | Some(:? ArgumentNullException as error) when error.ParamName = p.Name -> ()
                            | given -> $"{nonNull(m.DeclaringType).Name}.{m.Name}, {p.Name}: {given}"
                    ]

                Expect.equal wrong [] "parameters that let null pass, or name another"
            }

            test "so do the parameters beside spans" {
                let refused name (call: unit -> unit) =
                    Expect.equal (Support.raised<ArgumentNullException> call).ParamName name name

                let none = Unchecked.defaultof<Tensor>
                refused "x" (fun () -> X.CopyTo(none, Span<float32>.Empty))
                refused "x" (fun () -> X.CopyTo(none, Span<float>.Empty))
                refused "x" (fun () -> X.CopyTo(none, Span<int64>.Empty))
                refused "x" (fun () -> X.CopyTo(none, Span<int>.Empty))
                refused "x" (fun () -> X.CopyTo(none, Span<byte>.Empty))
                refused "x" (fun () -> X.CopyTo(none, Span<bool>.Empty))
                let shape = Unchecked.defaultof<int[]>
                refused "shape" (fun () -> Make.From(ReadOnlySpan<float32>.Empty, shape) |> ignore)
                refused "shape" (fun () -> Make.From(ReadOnlySpan<float>.Empty, shape) |> ignore)
                refused "shape" (fun () -> Make.From(ReadOnlySpan<int64>.Empty, shape) |> ignore)
                refused "shape" (fun () -> Make.From(ReadOnlySpan<int>.Empty, shape) |> ignore)
                refused "shape" (fun () -> Make.From(ReadOnlySpan<byte>.Empty, shape) |> ignore)
                refused "shape" (fun () -> Make.From(ReadOnlySpan<bool>.Empty, shape) |> ignore)
            }

            test "a missing null check would be found" {
                for m in typeof<Careless>.GetMethods(BindingFlags.Public ||| BindingFlags.Static) do
                    match withNull m (List.exactlyOne (required m)) with
                    | Some(:? ArgumentNullException as error) -> failtest $"{m.Name} refused null: {error.Message}"
                    | _ -> ()
            }

            for name, parameter, words, call in refusals do
                test $"{name} is refused with the parameter's name" {
                    let error = Support.raised<ArgumentException> call
                    Expect.equal error.ParamName parameter error.Message

                    for word in words do
                        Expect.stringContains error.Message word "what was given"
                }
        ]
