module MakingRows

open System
open Functional
open Functional.FSharp
open Row

let private made name (f: unit -> Tensor) (expected: float[]) =
    row name [] (fun _ -> f ()) (fun _ -> expected) |> orders Flat

let rows =
    [
        made "zerosOf" (fun () -> Tensor.zerosOf Dtype.Float64 [ 2 ]) [| 0.0; 0.0 |]
        made "zeros" (fun () -> Tensor.zeros [ 2 ]) [| 0.0; 0.0 |]
        made "ones" (fun () -> Tensor.ones [ 2 ]) [| 1.0; 1.0 |]
        made "full" (fun () -> Tensor.full [ 2 ] 2.5) [| 2.5; 2.5 |]
        made "scalar" (fun () -> Tensor.scalar 2.5) [| 2.5 |]
        made "arange" (fun () -> Tensor.arange 3) [| 0.0; 1.0; 2.0 |]
        made "ofArray" (fun () -> Tensor.ofArray [ 2; 1 ] [| 1f; 2f |]) [| 1.0; 2.0 |]
        made "ofDoubles" (fun () -> Tensor.ofDoubles [ 2; 1 ] [| 1.0; 2.0 |]) [| 1.0; 2.0 |]
        made "ofLongs" (fun () -> Tensor.ofLongs [ 2; 1 ] [| 1L; 2L |]) [| 1.0; 2.0 |]
        made "ofInts" (fun () -> Tensor.ofInts [ 1; 2 ]) [| 1.0; 2.0 |]
        made "ofBytes" (fun () -> Tensor.ofBytes [ 2; 1 ] [| 1uy; 2uy |]) [| 1.0; 2.0 |]
        made "ofSeq" (fun () -> Tensor.ofSeq [ 1.0; 2.0 ]) [| 1.0; 2.0 |]
    ]

let wrong: (string * (Tensor -> Tensor)) list =
    [
        for shape in [ [ -1 ]; [ Int32.MaxValue; Int32.MaxValue; Int32.MaxValue ] ] do
            "zerosOf", (fun _ -> Tensor.zerosOf Dtype.Float32 shape)
            "zeros", (fun _ -> Tensor.zeros shape)
            "ones", (fun _ -> Tensor.ones shape)
            "full", (fun _ -> Tensor.full shape nan)
            "ofArray", (fun _ -> Tensor.ofArray shape [| 1f |])
        "arange", (fun _ -> Tensor.arange -1)
    ]
