/// Data sets, readers and downloads, as C# calls them: the same bits as F#'s functions give.
module FacadeDatasetTests

open System
open System.Collections.Generic
open System.IO
open System.Threading
open Expecto
open Functional
open Functional.FSharp
open Support

type private D = CSharp.Datasets
type private Synthetic' = CSharp.Synthetic

let private key = Key.ofSeed 13
let private other = Key.ofSeed 14

let private data = lazy Dataset.create (Random.normal [ 23; 4 ] key) (Tensor.ofInts [ for i in 0..22 -> i % 3 ])

let private even _ (y: Tensor) = Tensor.eq (y % 2) (Tensor.zerosLike y)
let private moved (x: Tensor) y = struct (x + 1.0, y)

// The name in C#, C#'s result and F#'s.
let private table: (string * (unit -> Dataset) * (unit -> Dataset)) list =
    let from (csharp: Dataset -> Dataset) (fsharp: Dataset -> Dataset) =
        (fun () -> csharp data.Value), (fun () -> fsharp data.Value)

    let first (struct (a: Dataset, _: Dataset)) = a
    let second (struct (_: Dataset, b: Dataset)) = b
    let fold data = let folds = Dataset.folds 4 data in folds[2]
    let sum (struct (a: Tensor, b: Tensor)) (struct (c: Tensor, _: Tensor)) = struct (a + c, b)

    [
        for name, (csharp, fsharp) in
            [
                "Take", from (fun data -> D.Take(data, 5)) (Dataset.take 5)
                "Skip", from (fun data -> D.Skip(data, 5)) (Dataset.skip 5)
                "Shuffle", from (fun data -> D.Shuffle(data, other)) (Dataset.shuffle other)
                "Filter", from (fun data -> D.Filter(data, even)) (Dataset.filter even)
                "Split", from (fun data -> first (D.Split(data, 0.3))) (Dataset.split 0.3 >> first)
                "Split, second", from (fun data -> second (D.Split(data, 0.3))) (Dataset.split 0.3 >> second)
                "Stratify", from (fun data -> first (D.Stratify(data, 0.3))) (Dataset.stratify 0.3 >> first)
                "Stratify, second", from (fun data -> second (D.Stratify(data, 0.3))) (Dataset.stratify 0.3 >> second)
                "Folds", from (fun data -> first (D.Folds(data, 4)[2])) (fold >> first)
                "Folds, held out", from (fun data -> second (D.Folds(data, 4)[2])) (fold >> second)
                "Map", from (fun data -> D.Map(data, moved)) (Dataset.map moved)
                "Zip",
                from (fun data -> D.Zip(data, D.Shuffle(data, other), sum)) (fun data ->
                    Dataset.zip sum data (Dataset.shuffle other data))
                "Cache", from (fun data -> D.Cache(D.Map(data, moved))) (Dataset.map moved)
            ] do
            name, csharp, fsharp

        "Spirals", (fun () -> Synthetic'.Spirals(1.5, 0.1, 20, key)), (fun () -> Synthetic.spirals 1.5 0.1 20 key)
        "Moons", (fun () -> Synthetic'.Moons(0.1, 20, key)), (fun () -> Synthetic.moons 0.1 20 key)
        "Rings",
        (fun () -> Synthetic'.Rings([ 1.0; 2.0 ], 0.1, 20, key)),
        (fun () -> Synthetic.rings [ 1.0; 2.0 ] 0.1 20 key)
        "Gaussians",
        (fun () -> Synthetic'.Gaussians(Synthetic'.Circle(8, 2.0), 0.1, 20, key)),
        (fun () -> Synthetic.gaussians (Synthetic.circle 8 2.0) 0.1 20 key)
    ]

let tests =
    testList
        "facade data sets"
        [
            for name, csharp, fsharp in table do
                test $"{name} is F#'s, to the bit" {
                    let a, b = csharp (), fsharp ()
                    expectSame "inputs" b.Inputs a.Inputs
                    expectSame "targets" b.Targets a.Targets
                }

            test "Prefetch" {
                let batches = D.Batches(data.Value, 4, 2, key)

                for struct (a, b), struct (c, d) in
                    Seq.zip (Batches.from 3 batches) (CSharp.Batches.From(CSharp.Batches.Prefetch(batches, 2), 3)) do
                    expectSame "inputs" a c
                    expectSame "targets" b d
            }

            test "batches made ahead train off the caller's thread, each snapshot on another one, to the same bits" {
                let batches = CSharp.Datasets.Batches(FacadeTrainingTests.data.Value, 8, 3, key)
                let adam = CSharp.Optimizers.Adam(CSharp.Schedules.Constant 0.05)
                let start = CSharp.Training.Start(FacadeTrainingTests.rule, adam, key)
                let steps batches = CSharp.Training.StepsAsync(FacadeTrainingTests.rule, adam, batches, start, 4)

                let rec last (walker: IAsyncEnumerator<Snapshot>) found =
                    if walker.MoveNextAsync().AsTask().GetAwaiter().GetResult() then
                        last walker walker.Current
                    else
                        walker.DisposeAsync().AsTask().GetAwaiter().GetResult()
                        found

                let plain = CSharp.Training.Fit(FacadeTrainingTests.rule, adam, batches, key)
                let ahead = last ((steps (CSharp.Batches.Prefetch(batches, 3))).GetAsyncEnumerator()) start
                expectSameSnapshot "ahead" plain ahead
            }

            test "bars and stripes" { expectSame "3×3" (Synthetic.barsAndStripes 3) (Synthetic'.BarsAndStripes 3) }

            test "readers: CIFAR-10, tables, images" {
                inFolder (fun folder ->
                    let file name (bytes: byte[]) =
                        let path = Path.Combine(folder, name)
                        Directory.CreateDirectory(string (Path.GetDirectoryName path)) |> ignore
                        File.WriteAllBytes(path, bytes)
                        path

                    for name in [ for part in 1..5 -> $"data_batch_{part}.bin" ] @ [ "test_batch.bin" ] do
                        file name (ReaderTests.cifarRows [ 1uy; 2uy ]) |> ignore

                    let struct (train, test) = CSharp.Cifar.Cifar10 folder
                    let struct (twinTrain, twinTest) = Cifar.cifar10 folder
                    expectSame "training set" twinTrain.Inputs train.Inputs
                    expectSame "test set" twinTest.Targets test.Targets
                    let batch = Path.Combine(folder, "test_batch.bin")
                    expectSame "a file" twinTest.Inputs (CSharp.Cifar.Read batch).Inputs
                    Expect.sequenceEqual CSharp.Cifar.Classes Cifar.classes "classes"

                    let csv = file "a.csv" ("a,b,c\n1,2,x\n3,4,y\n"B)
                    let table = CSharp.Csv.Read csv

                    expectSame
                        "numbers"
                        (Csv.numbers [ "b"; "a" ] (Csv.read csv))
                        (CSharp.Csv.Numbers(table, [ "b"; "a" ]))

                    Expect.sequenceEqual (CSharp.Csv.Texts(table, "c")) [ "x"; "y" ] "texts"
                    let struct (labels, names) = CSharp.Csv.Classes(table, "c")
                    let struct (twinLabels, twinNames) = Csv.classes "c" (Csv.read csv)
                    expectSame "labels" twinLabels labels
                    Expect.sequenceEqual names twinNames "names"
                    let plain = file "b.csv" ("1;2\n"B)

                    expectSame
                        "without names"
                        (Csv.numbers [ "q" ] (Csv.readWith ';' [ "p"; "q" ] plain))
                        (CSharp.Csv.Numbers(CSharp.Csv.Read(plain, ';', [ "p"; "q" ]), [ "q" ]))

                    let image = file "images/cat/1.png" (ReaderTests.png 3 4 (fun c y x -> byte (50 * c + 9 * y + x)))
                    expectSame "image" (Images.read image) (CSharp.Images.Read image)
                    let images = Path.Combine(folder, "images")
                    let struct (data, classes) = CSharp.Images.Folder images
                    let struct (twin, twinClasses) = Images.folder images
                    expectSame "images" twin.Inputs data.Inputs
                    Expect.sequenceEqual classes twinClasses "classes"
                    let struct (half, _) = CSharp.Images.Folder(images, fun x -> x / 2.0)
                    expectSame "prepared" (twin.Inputs / 2.0) half.Inputs)
            }

            test "FileAsync brings a file; the public sets are cancelled before anything is asked for" {
                inFolder (fun folder ->
                    let content = "some bytes"B
                    let sum = Convert.ToHexString(Security.Cryptography.SHA256.HashData content)
                    use server = new Loopback.Server(fun _ -> Loopback.ranged content)
                    let path = Path.Combine(folder, "a")
                    CSharp.Download.FileAsync(server.At "a", sum, path).GetAwaiter().GetResult()
                    Expect.sequenceEqual (File.ReadAllBytes path) content "content"
                    let cancelled = CancellationToken true

                    for call in
                        [
                            (fun () -> CSharp.Download.MnistAsync(folder, cancelled))
                            (fun () -> CSharp.Download.FashionMnistAsync(folder, cancelled))
                            (fun () -> CSharp.Download.Cifar10Async(folder, cancelled))
                        ] do
                        expectError<OperationCanceledException> [] (fun () -> call().GetAwaiter().GetResult())
                        Expect.isEmpty (Directory.GetFiles(folder, "*.gz")) "no file")
            }
        ]
