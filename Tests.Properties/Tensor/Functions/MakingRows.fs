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
        made "onesOf" (fun () -> Tensor.onesOf Dtype.Int32 [ 2 ]) [| 1.0; 1.0 |]
        made "fullOf" (fun () -> Tensor.fullOf Dtype.UInt8 [ 2 ] 255.0) [| 255.0; 255.0 |]
        made "eyeOf" (fun () -> Tensor.eyeOf Dtype.Float64 2 3) [| 1.0; 0.0; 0.0; 0.0; 1.0; 0.0 |]
        made "eye" (fun () -> Tensor.eye 2) [| 1.0; 0.0; 0.0; 1.0 |]
        made "arangeOf" (fun () -> Tensor.arangeOf Dtype.Float64 1.0 -1.0 -0.75) [| 1.0; 0.25; -0.5 |]
        made "arangeOf" (fun () -> Tensor.arangeOf Dtype.Int32 5.0 11.0 3.0) [| 5.0; 8.0 |] |> case "int32"
        made "linspaceOf" (fun () -> Tensor.linspaceOf Dtype.Float64 0.1 0.5 5) [| 0.1; 0.2; 0.3; 0.4; 0.5 |]
        |> within 1e-15
        made "linspace" (fun () -> Tensor.linspace 1.0 -1.0 3) [| 1.0; 0.0; -1.0 |]
        made "linspace" (fun () -> Tensor.linspace 7.0 8.0 1) [| 7.0 |] |> case "one number"
        made "linspace" (fun () -> Tensor.linspace 7.0 8.0 0) [||] |> case "no number"
        made "logspaceOf" (fun () -> Tensor.logspaceOf Dtype.Float64 2.0 -1.0 2.0 4) [| 0.5; 1.0; 2.0; 4.0 |]
        made "logspace" (fun () -> Tensor.logspace 0.0 2.0 3) [| 1.0; 10.0; 100.0 |]
        made "ofInt32s" (fun () -> Tensor.ofInt32s [ 2; 1 ] [| 1; -2 |]) [| 1.0; -2.0 |]
        made "ofBools" (fun () -> Tensor.ofBools [ 2 ] [| true; false |]) [| 1.0; 0.0 |]
        made "tensor" (fun () -> Tensor.tensor [ [ 1.0; 2.0 ]; [ 3.0; 4.5 ] ]) [| 1.0; 2.0; 3.0; 4.5 |]
        made "tensorOf" (fun () -> Tensor.tensorOf Dtype.Float64 [ 0.1; 0.2 ]) [| 0.1; 0.2 |]
        row "fullLike" [ normals 1 [ 2; 2 ] ] (fun a -> Tensor.fullLike 0.5 a[0]) (fun _ -> Array.create 4 0.5)
        |> orders Flat
        row "scalarLike" [ normals 1 [ 2; 2 ] ] (fun a -> Tensor.scalarLike 0.5 a[0]) (fun _ -> [| 0.5 |])
        |> orders Flat
        row "eyeLike" [ normals 1 [ 2 ] ] (fun a -> Tensor.eyeLike 2 3 a[0]) (fun _ ->
            [| 1.0; 0.0; 0.0; 0.0; 1.0; 0.0 |])
        |> orders Flat
        row "arangeLike" [ normals 1 [ 2 ] ] (fun a -> Tensor.arangeLike 1.0 -1.0 -0.75 a[0]) (fun _ ->
            [| 1.0; 0.25; -0.5 |])
        |> orders Flat
        row "linspaceLike" [ normals 1 [ 2 ] ] (fun a -> Tensor.linspaceLike 0.5 2.5 3 a[0]) (fun _ ->
            [| 0.5; 1.5; 2.5 |])
        |> orders Flat
        row "logspaceLike" [ normals 1 [ 2 ] ] (fun a -> Tensor.logspaceLike 2.0 -1.0 1.0 3 a[0]) (fun _ ->
            [| 0.5; 1.0; 2.0 |])
        |> orders Flat
        made "ofInt16s" (fun () -> Tensor.ofInt16s [ 2; 1 ] [| 300s; -2s |]) [| 300.0; -2.0 |]
        made "ofSBytes" (fun () -> Tensor.ofSBytes [ 2 ] [| 127y; -128y |]) [| 127.0; -128.0 |]
        made "ofHalves" (fun () -> Tensor.ofHalves [ 2 ] [| Half.op_Explicit 0.5f; Half.MaxValue |]) [| 0.5; 65504.0 |]
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
            "onesOf", (fun _ -> Tensor.onesOf Dtype.Bool shape)
            "ofBools", (fun _ -> Tensor.ofBools shape [| true |])
        "arange", (fun _ -> Tensor.arange -1)
        for number in [ nan; infinity; -infinity; 1e300; 2.5; -1.0 ] do
            for dtype in
                [
                    Dtype.UInt8
                    Dtype.Int8
                    Dtype.Int16
                    Dtype.Int32
                    Dtype.Int64
                    Dtype.Bool
                    Dtype.BFloat16
                    Dtype.Float16
                ] do
                "fullOf", (fun _ -> Tensor.fullOf dtype [ 2 ] number)
                "arangeOf", (fun _ -> Tensor.arangeOf dtype 0.0 3.0 number)
                "arangeOf", (fun _ -> Tensor.arangeOf dtype number 3.0 1e299)
                "arangeOf", (fun _ -> Tensor.arangeOf dtype 0.0 number 1e299)

            "fullLike", Tensor.fullLike number
            "linspace", (fun _ -> Tensor.linspace number 1.0 3)
            "logspace", (fun _ -> Tensor.logspace 0.0 number 3)
        for count in [ -1; Int32.MinValue ] do
            "eye", (fun _ -> Tensor.eye count)
            "linspace", (fun _ -> Tensor.linspace 0.0 1.0 count)
            "logspace", (fun _ -> Tensor.logspace 0.0 1.0 count)
        "arangeOf", (fun _ -> Tensor.arangeOf Dtype.Float32 0.0 1.0 0.0)
    ]
