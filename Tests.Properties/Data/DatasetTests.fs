/// Data sets drawn from data sets: what is lost, what is repeated, in which order, and when it is computed.
module DatasetTests

open System
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Support

let private key = Key.ofSeed 41

// Samples that carry their own number, in two axes; the labels are the numbers, or classes of them.
let private labelled (labels: int seq) =
    let labels = Seq.toArray labels
    let inputs = Array.init (2 * labels.Length) (fun i -> float (i / 2) + 0.5 * float (i % 2))
    Dataset.create (Tensor.ofDoubles [ labels.Length; 2 ] inputs) (Tensor.ofInts labels)

let private numbered count = labelled (seq { 0 .. count - 1 })

// The numbers of the samples; both columns of the inputs must agree with them.
let private numbers (struct (x: Tensor, y: Tensor)) =
    let inputs = Tensor.toDoubles x |> Array.chunkBySize 2
    Expect.equal y.Shape[0] inputs.Length "aligned"
    Expect.all inputs (fun row -> row[1] = row[0] + 0.5) "samples stay whole"
    inputs |> Array.map (fun row -> int row[0]) |> List.ofArray

// Read as a whole and in batches without shuffling.
let private order (data: Dataset) =
    let whole = numbers (struct (data.Inputs, data.Targets))
    Expect.equal whole.Length (Dataset.count data) "count"
    whole

let private range first last = [ first .. last - 1 ]

// The samples of all batches of an epoch, in the order of their numbers.
let private seen size data = Dataset.batches size 1 key data |> Batches.from 0 |> Seq.map numbers |> List.concat

let private partTests =
    testList
        "parts"
        [
            testProperty "take and skip part a set in two, and slice is both"
            <| fun (PositiveInt n) (PositiveInt at) (PositiveInt rest) ->
                let n = 2 + n % 40
                let at = 1 + at % (n - 1)
                let stop = at + 1 + rest % (n - at)
                let data = numbered n
                Expect.equal (order (Dataset.take at data) @ order (Dataset.skip at data)) (range 0 n) "two parts"

                Expect.equal
                    (order (Dataset.slice at stop data))
                    (order (Dataset.skip at (Dataset.take stop data)))
                    "slice"

            testProperty "split has the fraction asked for, loses and repeats nothing and keeps the order"
            <| fun (PositiveInt n) (PositiveInt part) ->
                let n = 2 + n % 60
                let fraction = float (1 + part % 98) / 100.0
                let expected = int (floor (fraction * float n + 0.5))

                if expected = 0 || expected = n then
                    expectError<ArgumentException> [ string fraction; string n ] (fun () ->
                        Dataset.split fraction (numbered n) |> ignore)
                else
                    let struct (a, b) = Dataset.split fraction (numbered n)
                    Expect.equal (Dataset.count a) expected "the first part"
                    Expect.equal (order a @ order b) (range 0 n) "all samples, in their order"

            testProperty "stratify keeps the proportions of classes up to one sample, and the whole as split does"
            <| fun (labels: NonEmptyArray<byte>) (PositiveInt part) ->
                let labels = Array.append [| 0; 1; 2; 0 |] (labels.Get |> Array.map (fun label -> int label % 4))
                let fraction = float (25 + part % 50) / 100.0
                let data = labelled labels
                let struct (a, b) = Dataset.stratify fraction data
                let struct (c, _) = Dataset.split fraction data
                Expect.equal (Dataset.count a) (Dataset.count c) "as many as without classes"
                let first, second = order a, order b
                Expect.equal (List.sort (first @ second)) (range 0 labels.Length) "every sample once"
                Expect.equal (first, second) (List.sort first, List.sort second) "in their order"

                for label, own in Array.countBy id labels do
                    let taken = first |> List.filter (fun i -> labels[i] = label) |> List.length
                    let exact = fraction * float own
                    Expect.isTrue (abs (float taken - exact) < 1.0) $"class {label}: {taken} of {own}, at {fraction}"

            testProperty "folds hold every sample out once, and train on all others"
            <| fun (PositiveInt n) (PositiveInt k) ->
                let n = 2 + n % 40
                let k = 2 + k % (n - 1)
                let folds = Dataset.folds k (numbered n)
                Expect.equal folds.Length k "folds"
                let held = [ for struct (_, heldOut) in folds -> order heldOut ]
                Expect.equal (List.concat held) (range 0 n) "each sample once, in order"
                let sizes = held |> List.map _.Length
                Expect.isTrue (List.max sizes - List.min sizes <= 1) "equal sizes up to one"

                for struct (train, heldOut) in folds do
                    Expect.equal (List.sort (order train @ order heldOut)) (range 0 n) "a fold is a partition"
                    Expect.equal (order train) (List.sort (order train)) "in their order"

            testProperty "shuffle loses and repeats nothing; its order is the key's"
            <| fun (PositiveInt n) (seed: int) ->
                let n = 1 + n % 50
                let shuffled = Dataset.shuffle (Key.ofSeed seed) (numbered n)
                Expect.equal (order shuffled) (List.ofArray (Random.permutation n (Key.ofSeed seed))) "the key's order"
                Expect.equal (order shuffled) (order shuffled) "again"
                Expect.equal (List.sort (order shuffled)) (range 0 n) "every sample once"

            testProperty "filter keeps what is asked for, in order"
            <| fun (PositiveInt n) (PositiveInt modulus) ->
                let n, modulus = 1 + n % 50, 1 + modulus % 7
                let keep _ (y: Tensor) = Tensor.eq (y % modulus) (Tensor.zerosLike y)

                Expect.equal
                    (order (Dataset.filter keep (numbered n)))
                    (range 0 n |> List.filter (fun i -> i % modulus = 0))
                    "the multiples"

            testProperty "parts of parts: any order of steps reads what lists would"
            <| fun (steps: byte list) ->
                let step (data, expected: int list) (code: byte) =
                    let n, code = expected.Length, int code

                    match code % 4 with
                    | 0 ->
                        let key = Key.ofSeed code
                        let places = Random.permutation n key
                        Dataset.shuffle key data, [ for place in places -> expected[place] ]
                    | 1 when n > 1 -> Dataset.skip 1 data, List.tail expected
                    | 2 when n > 1 -> Dataset.take (n - 1) data, List.take (n - 1) expected
                    | 3 -> Dataset.map (fun x y -> struct (x + 0.0, y)) data, expected
                    | _ -> data, expected

                let data, expected = List.fold step (numbered 20, range 0 20) (List.truncate 12 steps)
                Expect.equal (order data) expected "as a whole"
                Expect.equal (order (Dataset.cache data)) expected "cached"
                Expect.equal (List.sort (seen 3 data)) (List.sort expected) "in batches"
        ]

let private computedTests =
    testList
        "computed samples"
        [
            testProperty "batches of a mapped set are mapped batches, to the bit"
            <| fun (PositiveInt n) (PositiveInt size) ->
                let n, size = 1 + n % 30, 1 + size % 9
                let f (x: Tensor) (y: Tensor) = struct (Tensor.tanh x, y + 1)
                let mapped = Dataset.batches size 2 key (Dataset.map f (numbered n)) |> Batches.from 0
                let plain = Dataset.batches size 2 key (numbered n) |> Batches.from 0

                for struct (x, y), struct (a, b) in Seq.zip mapped plain do
                    let struct (a, b) = f a b
                    expectSame "inputs" a x
                    expectSame "targets" b y

            test "map computes what is used when it is used; cache computes each sample once, and no more" {
                let mutable computed = 0

                let f (x: Tensor) y =
                    computed <- computed + x.Shape[0]
                    struct (x * 2.0, y)

                let mapped = Dataset.map f (numbered 2500)
                Expect.equal computed 0 "not yet"
                Dataset.batches 100 1 key mapped |> Batches.take 3 |> Batches.from 0 |> Seq.length |> ignore
                Expect.equal computed 300 "three batches"
                computed <- 0
                let cached = Dataset.cache mapped
                Expect.equal computed 2500 "once"
                Dataset.batches 100 3 key cached |> Batches.from 0 |> Seq.length |> ignore
                expectSame "inputs" (Tensor.cat 0 [ (numbered 2500).Inputs * 2.0 ]) cached.Inputs
                Expect.equal computed 2500 "and no more"
            }

            test "a cached part is a copy: it stays when the scope of the whole is over" {
                let cached =
                    Scope.run (fun (data: Dataset) -> [ data.Inputs; data.Targets ]) (fun () ->
                        numbered 10 |> Dataset.skip 4 |> Dataset.cache)

                Expect.equal (order cached) (range 4 10) "still there"
            }

            test "zip sets sample beside sample, also in batches" {
                let a, b = numbered 11, Dataset.shuffle key (numbered 11)

                let zipped =
                    Dataset.zip (fun (struct (x, y)) (struct (_, other)) -> struct (x, Tensor.stack 1 [ y; other ])) a b

                let expected = List.zip (order a) (order b)

                let pairs (x: Tensor) (y: Tensor) =
                    let rows = Tensor.toInts y |> Array.chunkBySize 2
                    Expect.equal (Tensor.toDoubles x).Length (2 * rows.Length) "aligned"
                    [ for row in rows -> row[0], row[1] ]

                Expect.equal (pairs zipped.Inputs zipped.Targets) expected "whole"

                Expect.equal
                    (Dataset.batches 4 1 key zipped
                     |> Batches.from 0
                     |> Seq.collect (fun (struct (x, y)) -> pairs x y)
                     |> List.ofSeq
                     |> List.sort)
                    (List.sort expected)
                    "in batches"
            }

            testProperty "one argument makes batches online, small and full: every sample of every epoch once"
            <| fun (PositiveInt n) ->
                let n = 1 + n % 20

                for size, perEpoch in [ 1, n; 3, (n + 2) / 3; n, 1; n + 1, 1; Int32.MaxValue, 1 ] do
                    let found =
                        Dataset.batches size 2 key (numbered n) |> Batches.from 0 |> Seq.map numbers |> List.ofSeq

                    Expect.equal found.Length (2 * perEpoch) $"batches of {size}"

                    for epoch in List.chunkBySize perEpoch found do
                        Expect.equal (List.sort (List.concat epoch)) (range 0 n) $"every sample once, size {size}"

            testProperty "full batches are those of `batches` without the short ones, from any step on"
            <| fun (size: PositiveInt) (seed: int) ->
                let data = Dataset.create (Tensor.arange 7) (Tensor.arange 7)
                let size = 1 + size.Get % 7
                let key = Key.ofSeed seed

                let read (batches: Batches<struct (Tensor * Tensor)>) start =
                    [ for struct (x, _) in Batches.from start batches -> List.ofArray (Tensor.toLongs x) ]

                let full = Dataset.fullBatches size 3 key data

                let expected =
                    read (Dataset.batches size 3 key data) 0 |> List.filter (fun batch -> batch.Length = size)

                Expect.equal (read full 0) expected "all of one size"
                Expect.equal (read full 2) (List.skip (min 2 expected.Length) expected) "resumed"
                let twin = CSharp.Datasets.FullBatches(data, size, 3, key)
                Expect.equal (CSharp.Batches.From(twin, 0) |> Seq.length) expected.Length "C#"

            test "full batches are refused where there is none" {
                let data = Dataset.create (Tensor.arange 7) (Tensor.arange 7)

                expectError<ArgumentException> [ "7 samples"; "8" ] (fun () ->
                    Dataset.fullBatches 8 1 (Key.ofSeed 1) data |> ignore)

                expectError<ArgumentException> [ "size 0" ] (fun () ->
                    Dataset.fullBatches 0 1 (Key.ofSeed 1) data |> ignore)
            }

            test "what is wrong is said" {
                let data = numbered 6
                let refused words f = expectError<ArgumentException> words (fun () -> f data |> ignore)
                refused [ "1 to 6"; "7" ] (Dataset.take 7)
                refused [ "1 to 6"; "0" ] (Dataset.take 0)
                refused [ "0 to 5"; "6" ] (Dataset.skip 6)
                refused [ "0 to 5"; "-1" ] (Dataset.skip -1)
                refused [ "NaN" ] (fun data -> let struct (a, _) = Dataset.split nan data in a)
                refused [ "0.05"; "6" ] (fun data -> let struct (a, _) = Dataset.split 0.05 data in a)
                refused [ "2 to 6"; "1" ] (fun data -> let struct (a, _) = (Dataset.folds 1 data)[0] in a)
                refused [ "none of the 6" ] (Dataset.filter (fun _ y -> Tensor.lt y (Tensor.zerosLike y)))
                refused [ "bool [6]"; "[6; 2]" ] (Dataset.filter (fun x _ -> Tensor.gt x x))

                refused [ "Dataset.map"; "6 samples"; "[5; 2]" ] (fun data ->
                    (Dataset.map (fun x y -> struct (Tensor.slice 0 0 5 x, y)) data).Inputs |> ignore
                    data)

                refused [ "whole numbers [6]"; "float64 [6; 2]" ] (fun data ->
                    let struct (a, _) = Dataset.stratify 0.5 (Dataset.map (fun x _ -> struct (x, x)) data)
                    a)

                refused [ "6 and 5" ] (fun data -> Dataset.zip (fun a _ -> a) data (Dataset.take 5 data))
            }
        ]

let tests = testList "datasets" [ partTests; computedTests ]
