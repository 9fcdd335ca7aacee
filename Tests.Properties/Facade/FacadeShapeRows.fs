/// Making, shaping and indexing tensors, as C# calls it: the same bits as F#'s functions give.
module FacadeShapeRows

open System
open Functional
open Functional.FSharp

type private Make = CSharp.Tensors
type private X = CSharp.TensorExtensions

let private x = lazy Random.normal [ 2; 3 ] (Key.ofSeed 4)
let private y = lazy Random.normal [ 2; 3 ] (Key.ofSeed 5)
let private index = lazy Tensor.ofLongs [ 2; 3 ] [| 0L; 2L; 1L; 1L; 0L; 2L |]
let private places = lazy Tensor.ofInts [ 2; 0; 1 ]
let private mask = lazy Tensor.gt x.Value y.Value
let private widths = [| struct (1, 0); struct (1, 2) |]
let private pairs = [ 1, 0; 1, 2 ]

/// Each function of C# beside F#'s, with the same arguments.
let table: (string * (unit -> Tensor) * (unit -> Tensor)) list =
    let of' name (csharp: Tensor -> Tensor) fsharp = name, (fun () -> csharp x.Value), (fun () -> fsharp x.Value)
    let made name (csharp: unit -> Tensor) fsharp = name, csharp, fsharp

    [
        made "Ones" (fun () -> Make.Ones(Dtype.Int32, 2, 3)) (fun () -> Tensor.onesOf Dtype.Int32 [ 2; 3 ])
        made "Full" (fun () -> Make.Full(Dtype.Float64, 0.1, 2)) (fun () -> Tensor.fullOf Dtype.Float64 [ 2 ] 0.1)
        made "Eye" (fun () -> Make.Eye 3) (fun () -> Tensor.eye 3)
        made "Eye" (fun () -> Make.Eye(2, 3, Dtype.Bool)) (fun () -> Tensor.eyeOf Dtype.Bool 2 3)
        made "Arange" (fun () -> Make.Arange(1.0, 2.0, 0.3)) (fun () -> Tensor.arangeOf Dtype.Float32 1.0 2.0 0.3)
        made "Arange" (fun () -> Make.Arange(1.0, 4.0, dtype = Dtype.Int32)) (fun () ->
            Tensor.arangeOf Dtype.Int32 1.0 4.0 1.0)
        made "Linspace" (fun () -> Make.Linspace(0.0, 1.0, 7)) (fun () -> Tensor.linspace 0.0 1.0 7)
        made "Linspace" (fun () -> Make.Linspace(0.0, 1.0, 7, Dtype.Float64)) (fun () ->
            Tensor.linspaceOf Dtype.Float64 0.0 1.0 7)
        made "Logspace" (fun () -> Make.Logspace(0.0, 1.0, 7)) (fun () -> Tensor.logspace 0.0 1.0 7)
        made "Logspace" (fun () -> Make.Logspace(0.0, 1.0, 7, 2.0, Dtype.Float64)) (fun () ->
            Tensor.logspaceOf Dtype.Float64 2.0 0.0 1.0 7)
        made "Meshgrid" (fun () -> Make.Meshgrid([ places.Value; Make.Arange 2 ])[1]) (fun () ->
            (Tensor.meshgrid [ places.Value; Tensor.arange 2 ])[1])
        made "Broadcast" (fun () -> Make.Broadcast([ x.Value; Make.Eye 1 ])[1]) (fun () -> Tensor.ones [ 2; 3 ])
        made "Of" (fun () -> Make.Of(array2D [ [ 0.1; 0.2 ]; [ 0.3; 0.4 ] ])) (fun () ->
            Tensor.tensor [ [ 0.1; 0.2 ]; [ 0.3; 0.4 ] ])
        made "Of" (fun () -> Make.Of [| [| 1; 2 |]; [| 3; 4 |] |]) (fun () ->
            Tensor.ofLongs [ 2; 2 ] [| 1L; 2L; 3L; 4L |])
        made "Of" (fun () -> Make.Of(Dtype.Float64, [| 0.1; 0.2 |])) (fun () -> Tensor.ofDoubles [ 2 ] [| 0.1; 0.2 |])
        made "From" (fun () -> Make.From([| 1; -2 |], 1, 2)) (fun () -> Tensor.ofInt32s [ 1; 2 ] [| 1; -2 |])
        made "From" (fun () -> Make.From([| true; false |], 2)) (fun () -> Tensor.ofBools [ 2 ] [| true; false |])
        made "From" (fun () -> Make.From(ReadOnlySpan [| 1f; 2f |], 1, 2)) (fun () ->
            Tensor.ofArray [ 1; 2 ] [| 1f; 2f |])
        made "From" (fun () -> Make.From(ReadOnlySpan [| 0.1; 2.0 |], 2)) (fun () ->
            Tensor.ofDoubles [ 2 ] [| 0.1; 2.0 |])
        made "From" (fun () -> Make.From(ReadOnlySpan [| 1L; 2L |], 2)) (fun () -> Tensor.ofLongs [ 2 ] [| 1L; 2L |])
        made "From" (fun () -> Make.From(ReadOnlySpan [| 1; 2 |], 2)) (fun () -> Tensor.ofInt32s [ 2 ] [| 1; 2 |])
        made "From" (fun () -> Make.From(ReadOnlySpan [| 1uy; 2uy |], 2)) (fun () ->
            Tensor.ofBytes [ 2 ] [| 1uy; 2uy |])
        made "From" (fun () -> Make.From(ReadOnlySpan [| true; false |], 2)) (fun () ->
            Tensor.ofBools [ 2 ] [| true; false |])

        made "From" (fun () -> Make.From([| 300s; -2s |], 2)) (fun () -> Tensor.ofInt16s [ 2 ] [| 300s; -2s |])
        made "From" (fun () -> Make.From([| 3y; -2y |], 2)) (fun () -> Tensor.ofSBytes [ 2 ] [| 3y; -2y |])
        made "From" (fun () -> Make.From([| Half.One |], 1)) (fun () -> Tensor.ofHalves [ 1 ] [| Half.One |])
        made "From" (fun () -> Make.From(ReadOnlySpan [| 300s |], 1)) (fun () -> Tensor.ofInt16s [ 1 ] [| 300s |])
        made "From" (fun () -> Make.From(ReadOnlySpan [| -3y |], 1)) (fun () -> Tensor.ofSBytes [ 1 ] [| -3y |])
        made "From" (fun () -> Make.From(ReadOnlySpan [| Half.One |], 1)) (fun () ->
            Tensor.ofHalves [ 1 ] [| Half.One |])
        of' "ScalarLike" (fun x -> X.ScalarLike(x, 0.3)) (Tensor.scalarLike 0.3)
        of' "EyeLike" (fun x -> X.EyeLike(x, 2, 3)) (Tensor.eyeLike 2 3)
        of' "ArangeLike" (fun x -> X.ArangeLike(x, 1.0, 3.0)) (Tensor.arangeLike 1.0 3.0 1.0)
        of' "LinspaceLike" (fun x -> X.LinspaceLike(x, 1.0, 3.0, 4)) (Tensor.linspaceLike 1.0 3.0 4)
        of' "LogspaceLike" (fun x -> X.LogspaceLike(x, 1.0, 3.0, 4, 2.0)) (Tensor.logspaceLike 2.0 1.0 3.0 4)
        of' "Squeeze" (fun x -> X.Squeeze(X.Unsqueeze(x, 0))) id
        of' "SumToSize" (fun x -> X.SumToSize(x, 2, 1)) (Tensor.sumToSize [ 2; 1 ])
        of' "Resize" (fun x -> X.Resize(x, 4, 5)) (Tensor.resize [ 4; 5 ])
        of' "ResizeNearest" (fun x -> X.ResizeNearest(x, 4, 5)) (Tensor.resizeNearest [ 4; 5 ])
        of' "Dilate" (fun x -> X.Dilate(x, 2, 3)) (Tensor.dilate [ 2; 3 ])
        of' "Undilate" (fun x -> X.Undilate(x, 1, 2)) (Tensor.undilate [ 1; 2 ])
        of' "FullLike" (fun x -> X.FullLike(x, 0.3)) (Tensor.fullLike 0.3)
        of' "Flatten" X.Flatten (Tensor.flatten 0 -1)
        of' "Flatten" (fun x -> X.Flatten(x, 1)) id
        of' "Unflatten" (fun x -> X.Unflatten(x, 1, 3, 1)) (Tensor.unflatten 1 [ 3; -1 ])
        of' "MoveDim" (fun x -> X.MoveDim(x, 0, 1)) (Tensor.movedim 0 1)
        of' "Roll" (fun x -> X.Roll(x, 1, 2)) (Tensor.roll 1 2)
        of' "Rot90" (fun x -> X.Rot90 x) (Tensor.rot90 1 0 1)
        of' "Rot90" (fun x -> X.Rot90(x, 3, 1, 0)) (Tensor.rot90 3 1 0)
        of' "Tile" (fun x -> X.Tile(x, 3, 2)) (Tensor.tile [ 3; 2 ])
        of' "Repeat" (fun x -> X.Repeat(x, 1, 3)) (Tensor.repeat 1 3)
        of' "RepeatInterleave" (fun x -> X.RepeatInterleave(x, 1, 3)) (Tensor.repeatInterleave 1 3)
        of' "Tril" (fun x -> X.Tril x) (Tensor.tril 0)
        of' "Tril" (fun x -> X.Tril(x, 1)) (Tensor.tril 1)
        of' "Triu" (fun x -> X.Triu x) (Tensor.triu 0)
        of' "Triu" (fun x -> X.Triu(x, 1)) (Tensor.triu 1)
        of' "Diagonal" (fun x -> X.Diagonal x) (Tensor.diagonal 0 0 1)
        of' "Diagonal" (fun x -> X.Diagonal(x, 1, 1, 0)) (Tensor.diagonal 1 1 0)
        of' "Diag" X.Diag Tensor.diag
        of' "Unfold" (fun x -> X.Unfold(x, 1, 2)) (Tensor.unfold 1 2 1)
        of' "Unfold" (fun x -> X.Unfold(x, 1, 1, 2)) (Tensor.unfold 1 1 2)
        of' "Unstack" (fun x -> X.Unstack(x)[1]) (fun x -> (Tensor.unstack 0 x)[1])
        of' "Unstack" (fun x -> X.Unstack(x, 1)[2]) (fun x -> (Tensor.unstack 1 x)[2])
        of' "Split" (fun x -> X.Split(x, 1, 1, 2)[1]) (fun x -> (Tensor.split 1 [ 1; 2 ] x)[1])
        of' "Chunk" (fun x -> X.Chunk(x, 1, 2)[0]) (fun x -> (Tensor.chunk 1 2 x)[0])
        of' "Pad" (fun x -> X.Pad(x, 0.5, widths)) (Tensor.pad 0.5 pairs)
        of' "PadReflect" (fun x -> X.PadReflect(x, widths)) (Tensor.padReflect pairs)
        of' "PadReplicate" (fun x -> X.PadReplicate(x, widths)) (Tensor.padReplicate pairs)
        of' "PadCircular" (fun x -> X.PadCircular(x, widths)) (Tensor.padCircular pairs)
        of'
            "Put"
            (fun x -> X.Put(x, Make.Scalar 9.0, Slice.op_Implicit (Range(Index 1, Index.End)), Slice.op_Implicit 0))
            (Tensor.put [ Slice.from 1; Slice.at 0 ] (Tensor.scalar 9.0))
        of' "IndexCopy" (fun x -> X.IndexCopy(x, 1, places.Value, y.Value)) (Tensor.indexCopy 1 places.Value y.Value)
        of' "IndexAdd" (fun x -> X.IndexAdd(x, 1, places.Value, y.Value)) (Tensor.indexAdd 1 places.Value y.Value)
        of' "Scatter" (fun x -> X.Scatter(x, 1, index.Value, y.Value)) (Tensor.scatter 1 index.Value y.Value)
        of' "ScatterAdd" (fun x -> X.ScatterAdd(x, 1, index.Value, y.Value)) (Tensor.scatterAdd 1 index.Value y.Value)
        of' "MaskedFill" (fun x -> X.MaskedFill(x, mask.Value, 0.5)) (Tensor.maskedFill mask.Value 0.5)
        of' "MaskedSelect" (fun x -> X.MaskedSelect(x, mask.Value)) (Tensor.maskedSelect mask.Value)
        "Nonzero", (fun () -> X.Nonzero mask.Value), (fun () -> Tensor.nonzero mask.Value)
    ]

/// Functions that give no tensor; ReadingTests, SlicingTests and PrintingTests call them.
let others =
    [
        "ToInts"
        "ToBools"
        "ToArray2D"
        "ToArray3D"
        "ToArray4D"
        "ToDoubles2D"
        "ToDoubles3D"
        "ToDoubles4D"
        "ToJagged"
        "CopyTo"
        "ToInt"
        "ToBool"
        "Format"
        "ToHtml"
        "BroadcastShapes"
        // See ScaleTests and DtypeTests.
        "HasNaN"
        "HasInf"
        "ArgmaxIndex"
        "ArgminIndex"
        "ToHalves"
    ]
