/// Files that PyTorch and this library exchange: golden ones, made by Golden/pytorch.py.
module GoldenWeightTests

open System
open System.Collections.Generic
open System.IO
open Expecto
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

let private golden name = Path.Combine(AppContext.BaseDirectory, "Golden", $"{name}.safetensors")

// The network of the script, and the names that its modules have there.
let private network = conv2d 1 3 3 --> batchNorm 3 --> relu --> flatten --> dense 48 5
let private names path = Map.find path (Map.ofList [ "0", "conv"; "1", "bn"; "4", "fc" ])

// PyTorch's output on the script's example, with our numbers for the same input and weights.
let private expectPyTorch ps state example =
    let found = Safetensors.loadMap (golden example)
    let y, _ = runLayer network Eval ps state (Map.find "input" found)
    expectBelow 1e-6 "the outputs" (largest (Tensor.toDoubles (y - Map.find "output" found)))

/// A network whose weights and statistics are drawn, and not what layers begin with.
let private ours =
    lazy
        (let struct (ps, state) = Layer.init (Key.ofSeed 3) network
         let values = Tree.values (Params.values ps)
         let draw i (x: Tensor) = x + 0.25 * Random.uniform (List.ofArray x.Shape) (Key.child i (Key.ofSeed 4))
         let mean, variance = Random.uniform [ 3 ] (Key.ofSeed 5), 0.5 + Random.uniform [ 3 ] (Key.ofSeed 6)
         let state = Tree.refill [| mean; variance |] state
         struct (Params.refill (Array.mapi draw values) ps, state))

/// Writes the file that Golden/pytorch.py answers: `-- child golden PATH`.
let write (path: string) =
    let struct (ps, state) = ours.Value
    Safetensors.saveMap path (PyTorch.export names network ps state)

let tests =
    testList
        "golden weights"
        [
            test "every dtype as PyTorch holds it: values, shapes, names and notes" {
                let struct (tensors, notes) = Safetensors.read (golden "dtypes")
                Expect.equal notes (Map.ofList [ "format", "pt"; "who", "你好" ]) "notes"
                let found = Map.ofList tensors
                let at name = Map.find name found

                let expect name (dtype: Dtype) shape =
                    Expect.equal (found[name].Dtype, List.ofArray found[name].Shape) (dtype, shape) name

                expect "u8" Dtype.UInt8 [ 3 ]
                Expect.equal (Tensor.toBytes (at "u8")) [| 0uy; 127uy; 255uy |] "u8"
                expect "bool" Dtype.Bool [ 2; 2 ]
                Expect.equal (Tensor.toBools (at "bool")) [| true; false; false; true |] "bool"
                expect "i32" Dtype.Int32 [ 1; 2 ]
                Expect.equal (Tensor.toInts (at "i32")) [| Int32.MinValue; Int32.MaxValue |] "i32"
                expect "i64" Dtype.Int64 [ 3 ]
                Expect.equal (Tensor.toLongs (at "i64")) [| Int64.MinValue; 0L; Int64.MaxValue |] "i64"
                expect "f32" Dtype.Float32 [ 2; 3 ]

                Expect.equal
                    (Tensor.toArray (at "f32") |> Array.map BitConverter.SingleToUInt32Bits)
                    [| 0x3fc00000u; 0x80000000u; 0x7f800000u; 0xff800000u; 0x7fc00000u; 1u |]
                    "f32, by its bits"

                expect "f64" Dtype.Float64 [ 3 ]
                Expect.equal (Tensor.toDoubles (at "f64")) [| 0.1; Double.Epsilon; -1e308 |] "f64"
                expect "bf16" Dtype.BFloat16 [ 3 ]
                Expect.equal (Tensor.toDoubles (at "bf16") |> Array.take 2) [| 1.0; -3.140625 |] "bf16"
                expect "scalar" Dtype.Float32 []
                Expect.equal (Tensor.toFloat (at "scalar")) 2.5 "scalar"
                expect "empty" Dtype.Float32 [ 0; 3 ]
                expect "turned" Dtype.Float32 [ 3; 2 ]
                Expect.equal (Tensor.toArray (at "turned")) [| 0f; 3f; 1f; 4f; 2f; 5f |] "row by row"
                Expect.equal (Tensor.toInts (at "a.b/ü \"q\"")) [| 7 |] "an odd name"
                Expect.equal tensors.Length 11 "all of them"
            }

            test "what PyTorch wrote and what is written here have the same data and description" {
                inFolder (fun folder ->
                    let struct (tensors, notes) = Safetensors.read (golden "dtypes")
                    let path = Path.Combine(folder, "again")
                    Safetensors.write path (Map.toList notes) tensors

                    let data path =
                        let bytes = File.ReadAllBytes path
                        bytes[8 + int (BitConverter.ToInt64(bytes, 0)) ..]

                    Expect.sequenceEqual (data path) (data (golden "dtypes")) "the bytes after the header")
            }

            test "PyTorch's weights give PyTorch's outputs" {
                let weights = Safetensors.loadMap (golden "pytorch")
                let struct (ps, state) = PyTorch.import names network weights
                Expect.equal (Tree.leaf [ "4"; "weight" ] ps).Value.Shape [| 48; 5 |] "inputs first"
                expectPyTorch ps state "pytorch-example"
            }

            test "our weights gave the same outputs in PyTorch, and are still written as PyTorch read them" {
                let struct (ps, state) = ours.Value
                expectPyTorch ps state "functional-example"

                inFolder (fun folder ->
                    let path = Path.Combine(folder, "ours")
                    write path
                    Expect.sequenceEqual (File.ReadAllBytes path) (File.ReadAllBytes(golden "functional")) "the file")
            }

            test "out and in again: the same bits; the names of nn.Sequential are the paths" {
                let layer = dense 2 3 --> Layer.named "body" (Layer.residual (dense 3 3 --> batchNorm 3))
                let struct (ps, state) = Layer.init (Key.ofSeed 1) layer
                let tensors = PyTorch.export PyTorch.sequential layer ps state

                Expect.equal
                    (List.ofSeq tensors.Keys)
                    [
                        "0.bias"
                        "0.weight"
                        "body.0.bias"
                        "body.0.weight"
                        "body.1.bias"
                        "body.1.running_mean"
                        "body.1.running_var"
                        "body.1.weight"
                    ]
                    "names"

                Expect.equal (Map.find "0.weight" tensors).Shape [| 3; 2 |] "outputs first"
                let struct (back, backState) = PyTorch.import PyTorch.sequential layer tensors
                expectSameTree "parameters" (Params.values ps) (Params.values back)
                expectSameTree "state" state backState
                let alone = PyTorch.export PyTorch.sequential (dense 2 3) (Tree.get [ "0" ] ps) Tree.empty
                Expect.equal (List.ofSeq alone.Keys) [ "bias"; "weight" ] "a layer alone has no prefix"
            }

            test "C#'s twins give the same" {
                let struct (ps, state) = ours.Value
                let tensors = PyTorch.export names network ps state
                let byPath tree = readOnlyDict (Tree.leaves tree)
                let found = CSharp.PyTorch.Export(network, byPath (Params.values ps), byPath state, names)
                Expect.equal (Seq.sort found.Keys |> List.ofSeq) (List.ofSeq tensors.Keys) "names"

                for name in found.Keys do
                    expectSame name (Map.find name tensors) (found[name])

                let struct (backPs, backState) = CSharp.PyTorch.Import(network, found, names)
                expectSameLeaves "parameters" (Params.values ps) (CSharp.Params.ToTensors backPs)
                expectSameLeaves "state" state backState
                Expect.equal (CSharp.PyTorch.Sequential "a/0") "a.0" "names of nn.Sequential"

                let notes = CSharp.Safetensors.Notes(golden "dtypes")
                Expect.equal (notes["who"]) "你好" "notes"
            }

            test
                "tensors that are missing, not used or of another shape, and layers that PyTorch's names are not known of" {
                let weights = Safetensors.loadMap (golden "pytorch")

                let refused words tensors =
                    expectError<ArgumentException> words (fun () -> PyTorch.import names network tensors |> ignore)

                refused
                    [ "[fc.bias] are missing"; "[more] are not used" ]
                    (weights |> Map.remove "fc.bias" |> Map.add "more" (Tensor.ones [ 1 ]))
                // As a layer [inputs; outputs] would be, or one that was turned already.
                refused
                    [ "'fc.weight'"; "[48; 5]"; "'4/weight'" ]
                    (Map.add "fc.weight" (Tensor.transpose 0 1 (Map.find "fc.weight" weights)) weights)

                let own = layerOf "mine" [] { let! w = weight "weight" (Random.normal [ 2 ]) in return fun x -> x * w }

                expectError<ArgumentException> [ "'0/weight'"; "mine"; "dense, bilinear" ] (fun () ->
                    PyTorch.import PyTorch.sequential (own --> relu) Map.empty |> ignore)
            }
        ]
