module DataTests

open System
open System.IO
open System.IO.Compression
open System.Security.Cryptography
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

let private key = Key.ofSeed 31

// Samples that carry their own number.
let private numbered count =
    Dataset.create (Tensor.ofDoubles [ count; 1 ] (Array.init count float)) (Tensor.ofInts [ 0 .. count - 1 ])

let private samples (struct (x: Tensor, y: Tensor)) =
    Expect.sequenceEqual (Tensor.toDoubles x) (Tensor.toLongs y |> Array.map float) "inputs stay with their targets"
    Tensor.toLongs y |> List.ofArray

let private idx kind (shape: int list) (elements: byte[]) =
    let bigEndian (n: int) = BitConverter.GetBytes(Net.IPAddress.HostToNetworkOrder n)
    Array.concat [ [| 0uy; 0uy; kind; byte shape.Length |]; yield! List.map bigEndian shape; elements ]

let private squeezed (bytes: byte[]) =
    use into = new MemoryStream()
    (use zip = new GZipStream(into, CompressionMode.Compress) in zip.Write(bytes, 0, bytes.Length))
    into.ToArray()

let private inFile name (bytes: byte[]) (use': string -> unit) =
    inFolder (fun folder ->
        let path = Path.Combine(folder, name)
        File.WriteAllBytes(path, bytes)
        use' path)

let private good = idx 8uy [ 2; 3 ] [| 1uy .. 6uy |]

let private batchTests =
    testList
        "batches"
        [
            testProperty "each epoch has every sample once, in batches of one size but the last"
            <| fun (PositiveInt count) (PositiveInt size) (seed: int) ->
                let count, size = 1 + count % 40, 1 + size % 15
                let data, epochs = numbered count, 3
                let perEpoch = (count + size - 1) / size

                let found =
                    Dataset.batches size epochs (Key.ofSeed seed) data
                    |> Batches.from 0
                    |> Seq.map samples
                    |> List.ofSeq

                Expect.equal found.Length (epochs * perEpoch) "batches"

                for epoch in List.chunkBySize perEpoch found do
                    Expect.equal
                        (List.sort (List.concat epoch))
                        [ for i in 0 .. count - 1 -> int64 i ]
                        "every sample once"

                    let sizes = epoch |> List.map _.Length
                    Expect.all (List.take (perEpoch - 1) sizes) ((=) size) "full batches"
                    Expect.equal (List.last sizes) (count - (perEpoch - 1) * size) "the last one has the rest"

            testProperty "entering at step n gives what comes after the first n"
            <| fun (PositiveInt n) ->
                let n = n % 30
                let batches = Dataset.batches 4 5 key (numbered 22)
                let all = Batches.from 0 batches |> Seq.map samples |> List.ofSeq

                Expect.equal
                    (Batches.from n batches |> Seq.map samples |> List.ofSeq)
                    (List.skip n all)
                    $"from step {n}"

            test "epochs differ from each other, keys too, and the same key gives the same order" {
                let order key =
                    Dataset.batches 100 2 key (numbered 50) |> Batches.from 0 |> Seq.map samples |> List.ofSeq

                let first = order key
                Expect.notEqual first[0] first[1] "epochs"
                let other = order (Key.child 1 key)
                Expect.notEqual first[0] other[0] "keys"
                Expect.equal (order key) first "again"
            }

            test "making batches: init, cycle, map, take and entering each of them" {
                let all batches start = Batches.from start batches |> List.ofSeq
                let squares = Batches.init 6 (fun n -> n * n)
                Expect.equal (all squares 4) [ 16; 25 ] "init"
                Expect.equal (all (Batches.cycle 7 [ 1; 2; 3 ]) 2) [ 3; 1; 2; 3; 1 ] "cycle"
                Expect.equal (all (Batches.map string squares) 4) [ "16"; "25" ] "map"
                Expect.equal (all (Batches.take 3 squares) 1) [ 1; 4 ] "take"
                Expect.equal (all (Batches.take 3 squares) 5) [] "take, entered after its end"
                Expect.equal (all (Batches.ofSeq [ 1; 2; 3 ]) 1) [ 2; 3 ] "ofSeq"
                expectError<ArgumentException> [ "no batch" ] (fun () -> Batches.cycle 3 [] |> ignore)
                let refused make = expectError<ArgumentException> [ "at least 0"; "-1" ] (make >> ignore)
                refused (fun () -> Batches.init -1 id)
                refused (fun () -> Batches.cycle -1 [ 1 ])
                refused (fun () -> Batches.take -1 squares)
                expectError<ArgumentException> [ "at least 0"; "-2" ] (fun () -> Batches.from -2 squares |> ignore)
                let data = Dataset.create (Tensor.ones [ 4; 2 ]) (Tensor.ones [ 4; 1 ])

                expectError<ArgumentException> [ "at least 0"; "-2" ] (fun () ->
                    Dataset.batches 2 1 (Key.ofSeed 1) data |> Batches.from -2 |> ignore)
            }

            test "what is wrong with a data set is said" {
                expectError<ArgumentException> [ "[3; 2]"; "[4]" ] (fun () ->
                    Dataset.create (Tensor.zeros [ 3; 2 ]) (Tensor.zeros [ 4 ]) |> ignore)

                expectError<ArgumentException> [ "empty"; "[0; 2]" ] (fun () ->
                    Dataset.create (Tensor.zeros [ 0; 2 ]) (Tensor.zeros [ 0 ]) |> ignore)

                expectError<ArgumentException> [ "size 0" ] (fun () -> Dataset.batches 0 1 key (numbered 3) |> ignore)
                expectError<ArgumentException> [ "2 to 5"; "3" ] (fun () -> Dataset.slice 2 5 (numbered 3) |> ignore)
            }
        ]

let private idxTests =
    testList
        "IDX"
        [
            for name, bytes in [ "a-idx2-ubyte", good; "a-idx2-ubyte.gz", squeezed good ] do
                test $"{name} is read" {
                    inFile name bytes (fun path ->
                        let read = Idx.read path
                        Expect.equal (List.ofArray read.Shape, read.Dtype) ([ 2; 3 ], Dtype.UInt8) "shape and dtype"
                        Expect.sequenceEqual (Tensor.bits read) [| 1uy .. 6uy |] "elements, row by row")
                }

            for what, bytes, words in
                [
                    "an empty file", [||], [ "header" ]
                    "another magic number", Array.append [| 1uy |] good[1..], [ "two zero bytes" ]
                    "another type", idx 10uy [ 1 ] [| 0uy |], [ "not 10"; "offset 2" ]
                    "no axis", idx 8uy [] [||], [ "axes" ]
                    "five axes", idx 8uy [ 1; 1; 1; 1; 1 ] [| 0uy |], [ "not 5" ]
                    "a header that ends early", good[..8], [ "header" ]
                    "a negative axis", idx 8uy [ -1 ] [||], [ "-1" ]
                    "more elements promised than any memory holds",
                    idx 8uy [ Int32.MaxValue; Int32.MaxValue ] [| 0uy |],
                    [ "ends early" ]
                    "two gigabytes promised", idx 8uy [ Int32.MaxValue - 100 ] [| 0uy |], [ "ends early"; "2147483547" ]
                    "an element too few", good[.. good.Length - 2], [ "ends early"; "offset 17" ]
                    "a byte too many", Array.append good [| 7uy |], [ "after the last"; "offset 18" ]
                ] do
                for name, bytes in [ "x", bytes; "x.gz", squeezed bytes ] do
                    test $"{what} is refused ({name})" {
                        inFile name bytes (fun path ->
                            expectError<InvalidDataException> (path :: words) (fun () -> Idx.read path |> ignore))
                    }

            testProperty "a compressed file with a changed byte is read or refused, never anything else"
            <| fun (at: uint16) (value: byte) ->
                let bytes = squeezed good
                bytes[int at % bytes.Length] <- value

                inFile "x.gz" bytes (fun path ->
                    try
                        Idx.read path |> ignore
                    with :? InvalidDataException as error ->
                        Expect.stringContains error.Message path "it names the file")

            test "a compressed file cut short anywhere is refused" {
                let whole = squeezed (idx 8uy [ 500 ] [| for i in 0..499 -> byte (i * i) |])

                for length in 0 .. whole.Length - 1 do
                    inFile "x.gz" whole[.. length - 1] (fun path ->
                        expectError<InvalidDataException> [ path ] (fun () -> Idx.read path |> ignore))
            }

            test "a missing file is a FileNotFoundException, and a folder without MNIST names the file that it lacks" {
                expectError<FileNotFoundException> [ "nowhere" ] (fun () -> Idx.read "nowhere" |> ignore)

                inFolder (fun folder ->
                    expectError<FileNotFoundException> [ "train-images-idx3-ubyte" ] (fun () ->
                        Digits.mnist folder |> ignore))
            }

            test "MNIST in a folder of four files" {
                inFolder (fun folder ->
                    let write name (bytes: byte[]) = File.WriteAllBytes(Path.Combine(folder, name), bytes)
                    write "train-images-idx3-ubyte" (idx 8uy [ 2; 1; 2 ] [| 0uy; 255uy; 51uy; 102uy |])
                    write "train-labels-idx1-ubyte" (idx 8uy [ 2 ] [| 3uy; 9uy |])
                    write "t10k-images-idx3-ubyte.gz" (squeezed (idx 8uy [ 1; 1; 2 ] [| 255uy; 0uy |]))
                    write "t10k-labels-idx1-ubyte" (idx 8uy [ 1 ] [| 0uy |])
                    let struct (train, test') = Digits.mnist folder
                    Expect.equal (List.ofArray train.Inputs.Shape) [ 2; 1; 1; 2 ] "with the axis of channels"

                    expectClose
                        1e-7
                        "grey values between 0 and 1"
                        [| 0.0; 1.0; 0.2; 0.4 |]
                        (Tensor.toDoubles train.Inputs)

                    Expect.sequenceEqual (Tensor.toLongs train.Targets) [ 3L; 9L ] "labels"
                    Expect.equal (Dataset.count test') 1 "test set"
                    write "train-labels-idx1-ubyte" (idx 8uy [ 1 ] [| 3uy |])

                    expectError<InvalidDataException>
                        [ "train-images-idx3-ubyte"; "train-labels-idx1-ubyte"; "[2; 1; 2]"; "[1]" ]
                        (fun () -> Digits.mnist folder |> ignore)

                    write "train-labels-idx1-ubyte" (idx 8uy [ 2 ] [| 9uy; 10uy |])

                    expectError<InvalidDataException>
                        [ "train-labels-idx1-ubyte"; "train-images-idx3-ubyte"; "label 10"; "offset 9" ]
                        (fun () -> Digits.mnist folder |> ignore))
            }
        ]

let private drawnTests =
    testList
        "drawn digits"
        [
            test "images of 28 × 28 between 0 and 1, ten classes equally often, no image twice" {
                let data = Digits.drawn 2000 key
                Expect.equal (List.ofArray data.Inputs.Shape) [ 2000; 1; 28; 28 ] "shape"
                let values = Tensor.toDoubles data.Inputs

                Expect.isTrue
                    (Array.min values = 0.0 && Array.max values <= 1.0 && Array.max values > 0.9)
                    "grey values"

                let counts = Tensor.toLongs data.Targets |> Array.countBy id |> Array.sortBy fst
                Expect.equal counts [| for digit in 0L .. 9L -> digit, 200 |] "classes"
                let images = values |> Array.chunkBySize 784
                Expect.equal (Array.distinct images).Length 2000 "no two alike"

                Expect.all
                    images
                    (fun image -> let ink = Array.sum image in ink > 20.0 && ink < 300.0)
                    "ink on each, not everywhere"
            }

            test "the same key gives the same images, another key others" {
                let a, b, c = Digits.drawn 100 key, Digits.drawn 100 key, Digits.drawn 100 (Key.child 1 key)
                expectSame "images" a.Inputs b.Inputs
                expectSame "labels" a.Targets b.Targets
                Expect.isFalse (Tensor.equal a.Inputs c.Inputs) "another key"
            }

            test "the first 1,000 digits of a seed are the same on every machine" {
                let struct (images, labels) = Strokes.digits (Key.ofSeed 3) 1000
                let sum = Convert.ToHexString(SHA256.HashData(Array.append images labels))
                Expect.equal sum[..15] "1C5AE2E473D4164F" "their sum by SHA-256"
            }

            test "a linear model stays below 95 %, and learns" {
                let train, test' = Digits.drawn 10000 (Key.child 2 key), Digits.drawn 2000 (Key.child 3 key)
                let linear = flatten --> dense 784 10
                let rule = Rule.ofLoss Loss.crossEntropy linear
                let adam = Optimizer.adam (Schedule.constant 1e-3)
                let last = Training.fit rule adam (Dataset.batches 64 8 key train) key
                let accuracy = Evaluation.accuracy (Evaluation.predict 500 linear last test'.Inputs) test'.Targets
                Expect.isTrue (accuracy > 0.6 && accuracy < 0.95) $"accuracy {accuracy}"
            }

            test "no digit cannot be drawn" {
                expectError<ArgumentException> [ "count"; "0" ] (fun () -> Digits.drawn 0 key |> ignore)
            }
        ]

let tests = testList "data" [ batchTests; idxTests; drawnTests ]
