/// Early stopping, the search for a rate, numbers that fail, norms and event files.
module TrainingExtrasTests

open System
open System.Buffers.Binary
open System.IO
open System.Text
open System.Threading
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

type private C = CSharp.Training
type private L = CSharp.Layers

let private key = Key.ofSeed 5
let private ps value : Params = Node [ "w", Leaf { Role = Role.Weight; Value = Tensor.scalar value } ]

// Snapshots at steps 1, 2, … whose losses are these numbers; `computed` counts those that were made.
let private walk (computed: int ref) (losses: float list) =
    losses
    |> Seq.mapi (fun i loss ->
        computed.Value <- i + 1
        Snapshot.create (i + 1) key (ps loss) Tree.empty Tree.empty (Tensor.ofDoubles [] [| loss |]))

let private score (snapshot: Snapshot) = Tensor.toFloat snapshot.Loss

// What the definition says, on a list.
let private reference patience minDelta (losses: float list) =
    let rec go best since rest looked =
        match rest with
        | _ when since = patience -> best, looked
        | [] -> best, looked
        | (loss: float) :: rest when Double.IsNaN best && not (Double.IsNaN loss) || loss < best - minDelta ->
            go loss 0 rest (looked + 1)
        | _ :: rest -> go best (since + 1) rest (looked + 1)

    go losses.Head 0 losses.Tail 1

let private earlyStopping =
    testList
        "early stopping"
        [
            testProperty
                "looks at as many snapshots as the definition says, and keeps the best"
                (fun (NonEmptyArray raw: NonEmptyArray<int>) (PositiveInt patience) ->
                    let losses = [ for n in raw -> if n % 7 = 6 then nan else float (n % 5) / 2.0 ]
                    let computed = ref 0
                    let stopped = Training.stopEarly patience 0.4 score (walk computed losses)
                    let best, looked = reference patience 0.4 losses
                    Expect.equal computed.Value looked "no more was computed"
                    Expect.equal stopped.Scores.Length looked "each look is told"
                    Expect.isTrue (stopped.BestScore.Equals best) $"the best of {losses}: {stopped.BestScore}"
                    Expect.isTrue ((score stopped.Best).Equals best) "and its snapshot"
                    Expect.equal stopped.Last.Step looked "the last look")

            test "says why it stopped" {
                let stopped = Training.stopEarly 2 0.0 score (walk (ref 0) [ 3.0; 1.0; 2.0; 1.0; 0.5 ])
                Expect.stringContains (string stopped) "no improvement for 2 looks" "patience"
                Expect.stringContains (string stopped) "step 4" "where"
                Expect.stringContains (string stopped) "1 at step 2" "the best"
                let ended = Training.stopEarly 9 0.0 score (walk (ref 0) [ 3.0; 1.0 ])
                Expect.stringContains (string ended) "ended at step 2" "the end"
                let reason (s: Stopped) = s.Reason.Match(Func<_, _>(fun n -> n), (fun () -> 0))
                Expect.equal (reason stopped, reason ended) (2, 0) "the reasons"
                let csharp = C.StopEarly(walk (ref 0) [ 3.0; 1.0; 2.0; 1.0; 0.5 ], score, 2)
                Expect.equal (string csharp) (string stopped) "C#"
            }

            test "bad arguments are refused" {
                let none = walk (ref 0) []
                let refuse words f = expectError<ArgumentException> words (f >> ignore)
                refuse [ "patience"; "0" ] (fun () -> Training.stopEarly 0 0.0 score none)
                refuse [ "minDelta"; "-1" ] (fun () -> Training.stopEarly 1 -1.0 score none)
                refuse [ "no snapshot" ] (fun () -> Training.stopEarly 1 0.0 score none)
            }
        ]

// Loss (w ∓ 1)²/2·curvature in turn, so rates above 2/curvature diverge.
let private bowl curvature =
    Rule.create (fun _ -> struct (ps 5.0, Tree.empty)) (fun _ ps _ target ->
        let w = (Tree.leaf [ "w" ] ps).Value
        let away: Tensor = w - target

        {
            Loss = 0.5 * curvature * Tensor.square away
            Gradients = Node [ "w", Leaf(curvature * away) ]
            State = Tree.empty
        })

let private rates =
    testList
        "the search for a rate"
        [
            for curvature in [ 0.1; 1.0; 10.0 ] do
                test
                    $"on a quadratic of curvature {curvature} the rates found descend, and the search ends where it diverges" {
                    let batches = Batches.init 200 (fun n -> if n % 2 = 0 then 1.0 else -1.0)
                    let found = Training.findRate 1e-5 1e3 200 (bowl curvature) Optimizer.sgd batches key
                    expectBelow (2.0 / curvature) "the steepest descends" found.Steepest
                    Expect.isLessThan found.Losses.Length 200 "ended before the last rate"
                    let struct (last, _) = Array.last found.Losses
                    expectAbove (2.0 / curvature) "beyond the largest that descends" last

                    let growth =
                        found.Losses |> Array.pairwise |> Array.map (fun (struct (a, _), struct (b, _)) -> b / a)

                    Expect.all growth (fun g -> abs (g - growth[0]) < 1e-9) "each rate is so many times the last"
                    let optimizer (rate: Func<int, float>) = CSharp.Optimizers.Sgd rate
                    let csharp = C.FindRate(bowl curvature, optimizer, batches, key, 1e-5, 1e3, 200)
                    Expect.equal csharp found "C#"
                }

            test "bad arguments are refused" {
                let search low high steps () =
                    Training.findRate low high steps (bowl 1.0) Optimizer.sgd (Batches.init 9 float) key |> ignore

                expectError<ArgumentException> [ "from 0" ] (search 0.0 1.0 9)
                expectError<ArgumentException> [ "to 0.1" ] (search 1.0 0.1 9)
                expectError<ArgumentException> [ "at least 3"; "2" ] (search 0.1 1.0 2)
                expectError<ArgumentException> [ "start lower" ] (search 1e3 1e9 9)
            }
        ]

let private network = dense 3 4 --> tanh --> Layer.named "head" (dense 4 2)
let private rule = Rule.ofLoss Loss.squaredError network
let private batch = struct (Random.normal [ 5; 3 ] key, Random.normal [ 5; 2 ] (Key.child 1 key))
let private started = lazy Training.start rule (Optimizer.sgd (Schedule.constant 0.1)) key

let private failing layer input =
    let rule = Rule.requireFinite (Rule.ofLoss Loss.squaredError layer)
    let sgd = Optimizer.sgd (Schedule.constant 0.1)
    let struct (_, target) = batch
    let batches = Batches.init 5 (fun n -> struct ((if n = 3 then input else Tensor.ones [ 5; 3 ]), target))
    raised<NonFiniteException>(fun () -> Training.fit rule sgd batches key |> ignore)

// Layers inside of others, each with its twin in C# and the path of the only one that gives numbers that are not finite where
// the input is 0: log x² is -∞ there.
let private inside =
    let log = Layer.func "log" [] (fun (x: Tensor) -> Tensor.log (Tensor.square x))
    let then' (f: Layer<Tensor, 'a>) (g: Layer<'a, 'b>) : Layer<Tensor, 'b> = CSharp.LayerExtensions.Then(f, g)
    let around outer = tanh --> outer --> dense 3 2
    let around' (outer: Layer<Tensor, Tensor>) = then' (then' tanh outer) (dense 3 2)
    let sum = Layer.lift (fun (struct (a: Tensor, b: Tensor)) -> a + b)
    let both' (f: Layer<Tensor, Tensor>) (g: Layer<Tensor, Tensor>) = then' (L.Fork(f, g)) sum
    let joined (branches: Layer<Tensor, Tensor> list) = L.Concat(1, branches)

    let repeated =
        Layer.lift (fun (x: Tensor) -> [| x; x |])
        --> Layer.map log
        --> Layer.lift (fun xs -> xs[0] + xs[1])

    [
        "residual", "1/1", around (Layer.residual (tanh --> log)), around' (L.Residual(then' tanh log))
        "residual around one", "1", around (Layer.residual log), around' (L.Residual log)
        "fork", "1/1/1", around (Layer.fork tanh (tanh --> log) --> sum), around' (both' tanh (then' tanh log))
        "concat",
        "1/1/1",
        tanh --> Layer.concat 1 [ tanh; tanh --> log ] --> dense 6 2,
        then' (then' tanh (joined [ tanh; then' tanh log ])) (dense 6 2)
        "under a name",
        "1/body/0",
        around (Layer.residual (Layer.named "body" (log --> dense 3 3))),
        around' (L.Residual(CSharp.LayerExtensions.Named(then' log (dense 3 3), "body")))
        "concat in residual in fork",
        "1/0/0/1/0/1",
        around (Layer.fork (Layer.residual (tanh --> Layer.concat 1 [ tanh --> log ]) --> dense 3 3) tanh --> sum),
        around' (both' (then' (L.Residual(then' tanh (joined [ then' tanh log ]))) (dense 3 3)) tanh)
        "several numbers",
        "1",
        around (Layer.lift (fun x -> struct (x, Tensor.log (Tensor.square x))) --> sum),
        around' (then' (L.Func("two", (fun (x: Tensor) -> struct (x, Tensor.log (Tensor.square x))))) sum)
        "an array", "2", around repeated, around' repeated
    ]

let private numbersThatFail =
    testList
        "numbers that fail"
        [
            test "where all is finite the rule is the same, and so is its C# twin" {
                let sgd = Optimizer.sgd (Schedule.constant 0.1)
                let batches = Batches.cycle 4 [ batch ]
                let expected = Training.fit rule sgd batches key
                expectSameSnapshot "F#" expected (Training.fit (Rule.requireFinite rule) sgd batches key)
                expectSameSnapshot "C#" expected (C.Fit(CSharp.Rules.RequireFinite rule, sgd, batches, key))
            }

            test "the layer that gives NaN is named, and the step" {
                // log(0) for an input of zeros and weights of nothing else.
                let steep =
                    Layer.func "log" [] (fun (x: Tensor) ->
                        Tensor.log (Tensor.sumKeeping 1 (Tensor.square x) * Tensor.ones [ 2 ]))

                let error = failing (tanh --> Layer.named "inner" steep) (Tensor.zeros [ 5; 3 ])
                Expect.equal (error.Step, error.Path) (3, "inner") "where"
                Expect.stringContains error.Message "step 3" "in words"
                Expect.stringContains error.Message "layer 'inner'" "in words"
            }

            for what, path, layer, twin in inside do
                test $"inside of others the layer is named, and the step: {what}" {
                    let input = Tensor.zeros [ 5; 3 ]
                    let error = failing layer input
                    Expect.equal (error.Step, error.Path) (3, path) "F#"
                    Expect.stringContains error.Message $"layer '{path}'" "in words"
                    let struct (_, target) = batch
                    let rule = CSharp.Rules.OfLoss((fun y target -> CSharp.Losses.SquaredError(y, target)), twin)
                    let rule = CSharp.Rules.RequireFinite rule
                    let sgd = CSharp.Optimizers.Sgd(CSharp.Schedules.Constant 0.1)

                    let batches =
                        CSharp.Batches.Init(
                            5,
                            fun n -> struct ((if n = 3 then input else Tensor.ones [ 5; 3 ]), target)
                        )

                    let error = raised<NonFiniteException>(fun () -> C.Fit(rule, sgd, batches, key) |> ignore)
                    Expect.equal (error.Step, error.Path) (3, path) "C#"
                }

            test "an input that is not finite is named before the layers" {
                let error = failing network (Tensor.full [ 5; 3 ] nan)
                Expect.equal (error.Step, error.Path) (3, "input") "where"
            }

            test "a derivative that is not finite is named where the value is finite" {
                let root = Layer.lift (Differentiation.custom Tensor.tanh (fun _ _ c -> c / 0.0))
                let error = failing (dense 3 2 --> root) (Tensor.zeros [ 5; 3 ])
                Expect.equal (error.Step, error.Path) (0, "0/weight") "at the first step already"
                Expect.stringContains error.Message "gradient" "in words"
            }

            test "a parameter that was not finite before is named first" {
                let rule = Rule.requireFinite rule
                let struct (ps, state) = Rule.init key rule

                let broken =
                    ps |> Tree.set [ "head"; "bias" ] (Leaf { Role = Role.Bias; Value = Tensor.full [ 2 ] infinity })

                let error =
                    raised<NonFiniteException>(fun () ->
                        Rule.estimate rule { Step = 7; Key = key } broken state batch |> ignore)

                Expect.equal (error.Step, error.Path) (7, "head/bias") "where"
            }
        ]

let private norms =
    testList
        "norms"
        [
            test "of gradients are those of the estimate, of parameters those of the snapshot" {
                let snapshot = started.Value
                let moment = { Step = 0; Key = Key.child 0 snapshot.Key }
                let estimate = Rule.estimate rule moment snapshot.Params snapshot.State batch
                let length (x: Tensor) = sqrt (Array.sumBy (fun v -> v * v) (Tensor.toDoubles x))

                let close what tree (found: (string * float) list) =
                    Expect.equal (List.map fst found) (Tree.leaves tree |> List.map fst) $"{what}: the paths"
                    expectClose 1e-5 what (Tree.values tree |> Array.map length) [| for _, n in found -> n |]

                close "gradients" estimate.Gradients (Diagnostics.gradientNorms rule snapshot batch)
                close "parameters" (Params.values snapshot.Params) (Diagnostics.parameterNorms snapshot)
            }

            test "of activations are the root mean squares of each stage" {
                let struct (input, _) = batch
                let found = Diagnostics.activationNorms network started.Value input
                Expect.equal (List.map fst found) [ "0"; "1"; "head" ] "the paths"
                let struct (_, _, seen) = Layer.trace network Eval started.Value.Params started.Value.State input

                for (_, norm), (_, given) in List.zip found seen do
                    let numbers = Tensor.toDoubles (unbox<Tensor> given)
                    expectClose 1e-5 "norm" [| sqrt (Array.averageBy (fun v -> v * v) numbers) |] [| norm |]
            }

            test "of activations inside of others, of tuples and of layers that run twice too" {
                let plus (x: float) = Layer.func "plus" [] (fun (t: Tensor) -> t + x)
                let sum = Layer.lift (fun (struct (a: Tensor, b: Tensor)) -> a + b)

                let layer =
                    plus 1.0
                    --> Layer.fork (Layer.residual (plus 1.0 --> plus 1.0)) (Layer.named "lone" (plus 2.0))
                    --> Layer.shared (plus 1.0)
                    --> sum

                let input = Tensor.zeros [ 5; 3 ]
                let snapshot = Training.start (Rule.ofLoss Loss.squaredError layer) (Optimizer.sgd (fun _ -> 0.1)) key
                let root (numbers: float list) = sqrt (List.averageBy (fun x -> x * x) numbers)

                let expected =
                    [
                        "0", 1.0
                        "1/0/0", 2.0
                        "1/0/1", 3.0
                        "1/0", 4.0
                        "1/1/lone", 3.0
                        "1", root [ 4.0; 3.0 ]
                        "2", root [ 5.0; 4.0 ]
                        "3", 9.0
                    ]

                let found = Diagnostics.activationNorms layer snapshot input
                Expect.equal (List.map fst found) (List.map fst expected) "the paths"
                expectClose 1e-6 "F#" [| for _, n in expected -> n |] [| for _, n in found -> n |]
                let csharp = CSharp.Diagnostics.ActivationNorms(layer, snapshot, input)
                Expect.equal [ for KeyValue(path, norm) in csharp -> path, norm ] found "C#"
            }

            test "C# reads the same by path" {
                let struct (input, _) = batch

                let pairs (d: Collections.Generic.IReadOnlyDictionary<string, float>) =
                    [ for KeyValue(k, v) in d -> k, v ]

                let snapshot = started.Value

                Expect.equal
                    (pairs (CSharp.Diagnostics.GradientNorms(rule, snapshot, batch)))
                    (Diagnostics.gradientNorms rule snapshot batch)
                    "gradients"

                Expect.equal
                    (pairs (CSharp.Diagnostics.ParameterNorms snapshot))
                    (Diagnostics.parameterNorms snapshot)
                    "parameters"

                Expect.equal
                    (pairs (CSharp.Diagnostics.ActivationNorms(network, snapshot, input)))
                    (Diagnostics.activationNorms network snapshot input)
                    "activations"
            }
        ]

// ---- event files, read by the formats' own rules

// CRC-32C, bit by bit.
let private crc (bytes: byte[]) =
    let mutable rest = 0xFFFFFFFFu

    for b in bytes do
        rest <- rest ^^^ uint32 b

        for _ in 1..8 do
            rest <- if rest &&& 1u = 1u then (rest >>> 1) ^^^ 0x82F63B78u else rest >>> 1

    ~~~rest

let private masked bytes =
    let c = crc bytes
    ((c >>> 15) ||| (c <<< 17)) + 0xA282EAD8u

let rec private records (bytes: byte[]) =
    if bytes.Length = 0 then
        []
    else
        let length = int (BinaryPrimitives.ReadInt64LittleEndian(ReadOnlySpan(bytes, 0, 8)))
        let sum at = BinaryPrimitives.ReadUInt32LittleEndian(ReadOnlySpan(bytes, at, 4))
        let body = bytes[12 .. 11 + length]
        Expect.equal (sum 8) (masked bytes[0..7]) "the checksum of the length"
        Expect.equal (sum (12 + length)) (masked body) "the checksum of the record"
        body :: records bytes[16 + length ..]

// The fields of a protocol buffer: number and bytes.
let rec private fields (bytes: byte[]) : (int * byte[]) list =
    let rec varint at shift value =
        let value = value ||| (int64 (bytes[at] &&& 0x7Fuy) <<< shift)
        if bytes[at] < 0x80uy then value, at + 1 else varint (at + 1) (shift + 7) value

    if bytes.Length = 0 then
        []
    else
        let tag, at = varint 0 0 0L

        let start, stop =
            match int tag &&& 7 with
            | 0 -> at, snd (varint at 0 0L)
            | 1 -> at, at + 8
            | 2 ->
                let length, at = varint at 0 0L
                at, at + int length
            | 5 -> at, at + 4
            | other -> failtest $"wire type {other}"

        (int tag >>> 3, bytes[start .. stop - 1]) :: fields bytes[stop..]

let private scalarsOf (file: string) =
    [
        for record in records (File.ReadAllBytes file) do
            let event = Map.ofList (fields record)

            match Map.tryFind 5 event with
            | Some summary ->
                let value = Map.ofList (fields (snd (List.head (fields summary))))
                let step, name, number = event[2], value[1], value[2]
                int (Array.head step), Encoding.UTF8.GetString name, BitConverter.ToSingle(number, 0)
            | None -> ()
    ]

let private eventFiles =
    testList
        "event files"
        [
            test "hold each number under its step and name, and the snapshots pass unchanged" {
                let folder = Path.Combine(Path.GetTempPath(), $"functional-{Guid.NewGuid():N}")

                try
                    let snapshots = List.ofSeq (walk (ref 0) [ 3.0; 1.5; 0.25 ])

                    let numbers (s: Snapshot) =
                        seq {
                            "loss", score s
                            "twice", 2.0 * score s
                        }

                    let logged = TensorBoard.log folder numbers snapshots
                    Expect.isFalse (Directory.Exists folder) "nothing before it is walked"

                    Expect.isTrue
                        (List.forall2 (fun a b -> obj.ReferenceEquals(a, b)) snapshots (List.ofSeq logged))
                        "unchanged"

                    let expected =
                        [
                            for step, loss in [ 1, 3f; 2, 1.5f; 3, 0.25f ] do
                                step, "loss", loss
                                step, "twice", 2f * loss
                        ]

                    let file = Expect.wantSome (Seq.tryExactlyOne (Directory.GetFiles folder)) "one file"
                    Expect.equal (scalarsOf file) expected "the numbers"

                    // Seconds since 1970, in the event that says what the file is as well.
                    for record in records (File.ReadAllBytes file) do
                        let event = Map.ofList (fields record)
                        let seconds = BitConverter.ToDouble(event[1], 0)
                        let now = float (DateTimeOffset.UtcNow.ToUnixTimeSeconds())
                        expectWithin 600.0 "its time" now seconds

                    let first = Map.ofList (fields (List.head (records (File.ReadAllBytes file))))
                    Expect.equal (Encoding.UTF8.GetString first[3]) "brain.Event:2" "what the file is"
                    let csharp = CSharp.TensorBoard.Log(snapshots, folder, (fun s -> [ struct ("loss", score s) ]))
                    Expect.equal (Seq.length csharp) 3 "C#"
                    let other = Directory.GetFiles folder |> Array.find ((<>) file)
                    Expect.equal (scalarsOf other |> List.map (fun (_, _, v) -> v)) [ 3f; 1.5f; 0.25f ] "another file"
                finally
                    Directory.Delete(folder, true)
            }

            test "a folder without a name is refused" {
                expectError<ArgumentException> [ "folder" ] (fun () ->
                    TensorBoard.log " " (fun _ -> Seq.empty) [] |> ignore)
            }
        ]

type private Told() =
    let steps = ResizeArray<int>()
    member _.Steps = List.ofSeq steps

    interface IProgress<Snapshot> with
        member _.Report snapshot = steps.Add snapshot.Step

let private hearing =
    testList
        "hearing of a run"
        [
            test "each so many steps and at the end, in both languages" {
                let sgd = Optimizer.sgd (Schedule.constant 0.1)
                let batches = Batches.cycle 10 [ batch ]
                let steps = ResizeArray()
                let last = Training.fitReporting 4 (fun s -> steps.Add s.Step) rule sgd batches key
                Expect.equal (List.ofSeq steps) [ 4; 8; 10 ] "F#"
                expectSameSnapshot "as fit" (Training.fit rule sgd batches key) last
                let told = Told()
                expectSameSnapshot "C#" last (C.Fit(rule, sgd, batches, key, told, 4))
                Expect.equal told.Steps [ 4; 8; 10 ] "C#"
            }

            test "a token that is cancelled ends the run before the next step" {
                use source = new CancellationTokenSource()
                let sgd = Optimizer.sgd (Schedule.constant 0.1)
                let batches = Batches.cycle 10 [ batch ] |> Batches.until source.Token
                let seen = ResizeArray()

                expectError<OperationCanceledException> [] (fun () ->
                    for snapshot in Training.run 1 rule sgd batches (Training.start rule sgd key) do
                        seen.Add snapshot.Step

                        if snapshot.Step = 3 then
                            source.Cancel())

                Expect.equal (List.ofSeq seen) [ 1; 2; 3 ] "no step more"
                let mine = CSharp.Batches.Until(Batches.cycle 3 [ batch ], source.Token)
                expectError<OperationCanceledException> [] (fun () -> C.Fit(rule, sgd, mine, key) |> ignore)
            }
        ]

let tests = testList "training extras" [ earlyStopping; rates; numbersThatFail; norms; eventFiles; hearing ]
