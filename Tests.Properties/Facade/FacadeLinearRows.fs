/// Products, linear algebra, windows and Fourier transforms, as C# calls them, beside F#'s with the same arguments.
module FacadeLinearRows

open System
open Functional
open Functional.FSharp

type private X = CSharp.TensorExtensions

let private draw i (shape: int list) = Random.normal shape (Key.child i (Key.ofSeed 12))
let private a = lazy (draw 1 [ 3; 3 ] + 3.0 * Tensor.onehot 3 (Tensor.arange 3))
let private b = lazy (draw 2 [ 3; 2 ])
let private positive = lazy Tensor.matmul a.Value (Tensor.transpose 0 1 a.Value)
let private u, v = lazy (draw 3 [ 4 ]), lazy (draw 4 [ 4 ])
let private cube i = draw i [ 2; 3; 3 ]
let private none = Nullable<int>()

let private row name (csharp: unit -> Tensor) (fsharp: unit -> Tensor) = name, csharp, fsharp

// Both parts of a pair, one after the other.
let private joined (struct (x: Tensor, y: Tensor)) = Tensor.cat 0 [ Tensor.reshape [ -1 ] x; Tensor.reshape [ -1 ] y ]
let private both (x, y) = joined (struct (x, y))

let private windows: (string * (unit -> Tensor) * (unit -> Tensor)) list =
    let input axes = draw (10 + axes) (2 :: 2 :: List.replicate axes 4)
    let kernel axes = draw (20 + axes) (2 :: 2 :: List.replicate axes 2)
    let how = { Stride = 2; Padding = 1; Dilation = 1; Groups = 1 }

    [
        row "CrossCorrelation" (fun () -> X.CrossCorrelation(input 2, kernel 2, 2, 1)) (fun () ->
            Tensor.crossCorrelation how (kernel 2) (input 2))
        row "Convolution" (fun () -> X.Convolution(input 1, kernel 1, 2, 1)) (fun () ->
            Tensor.convolution how (kernel 1) (input 1))
        row "Conv1d" (fun () -> X.Conv1d(input 1, kernel 1, 2, 1)) (fun () -> Tensor.conv1d how (kernel 1) (input 1))
        row "Conv2d" (fun () -> X.Conv2d(input 2, kernel 2, 2, 1)) (fun () -> Tensor.conv2d how (kernel 2) (input 2))
        row "Conv3d" (fun () -> X.Conv3d(input 3, kernel 3, 2, 1)) (fun () -> Tensor.conv3d how (kernel 3) (input 3))
        row "ConvTranspose1d" (fun () -> X.ConvTranspose1d(input 1, kernel 1, 2, 1)) (fun () ->
            Tensor.convTranspose1d how (kernel 1) (input 1))
        row "ConvTranspose2d" (fun () -> X.ConvTranspose2d(input 2, kernel 2, 2, 1)) (fun () ->
            Tensor.convTranspose2d how (kernel 2) (input 2))
        row "ConvTranspose3d" (fun () -> X.ConvTranspose3d(input 3, kernel 3, 2, 1)) (fun () ->
            Tensor.convTranspose3d how (kernel 3) (input 3))
        row "MaxPool1d" (fun () -> X.MaxPool1d(input 1, 2, none)) (fun () -> Tensor.maxpool1d 2 2 0 (input 1))
        row "MaxPool2d" (fun () -> X.MaxPool2d(input 2, 2, 1)) (fun () -> Tensor.maxpool2d 2 1 0 (input 2))
        row "MaxPool3d" (fun () -> X.MaxPool3d(input 3, 2, none)) (fun () -> Tensor.maxpool3d 2 2 0 (input 3))
        row "MaxPool1dI" (fun () -> joined (X.MaxPool1dI(input 1, 2, none))) (fun () ->
            both (Tensor.maxpool1di 2 2 0 (input 1)))
        row "MaxPool2dI" (fun () -> joined (X.MaxPool2dI(input 2, 2, 1))) (fun () ->
            both (Tensor.maxpool2di 2 1 0 (input 2)))
        row "MaxPool3dI" (fun () -> joined (X.MaxPool3dI(input 3, 2, none))) (fun () ->
            both (Tensor.maxpool3di 2 2 0 (input 3)))
        row "AvgPool1d" (fun () -> X.AvgPool1d(input 1, 2, none)) (fun () -> Tensor.avgpool1d 2 2 0 (input 1))
        row "AvgPool2d" (fun () -> X.AvgPool2d(input 2, 2, 1, 1)) (fun () -> Tensor.avgpool2d 2 1 1 (input 2))
        row "AvgPool3d" (fun () -> X.AvgPool3d(input 3, 2, none)) (fun () -> Tensor.avgpool3d 2 2 0 (input 3))
        row
            "MaxUnpool1d"
            (fun () ->
                let struct (x, places) = X.MaxPool1dI(input 1, 2, none)
                X.MaxUnpool1d(x, places, 4))
            (fun () -> Tensor.maxpool1di 2 2 0 (input 1) |> fun (x, places) -> Tensor.maxunpool1d [ 4 ] places x)
        row
            "MaxUnpool2d"
            (fun () ->
                let struct (x, places) = X.MaxPool2dI(input 2, 2, none)
                X.MaxUnpool2d(x, places, 4, 4))
            (fun () -> Tensor.maxpool2di 2 2 0 (input 2) |> fun (x, places) -> Tensor.maxunpool2d [ 4; 4 ] places x)
        row
            "MaxUnpool3d"
            (fun () ->
                let struct (x, places) = X.MaxPool3dI(input 3, 2, none)
                X.MaxUnpool3d(x, places, 4, 4, 4))
            (fun () -> Tensor.maxpool3di 2 2 0 (input 3) |> fun (x, places) -> Tensor.maxunpool3d [ 4; 4; 4 ] places x)
    ]

/// The name in C#, C#'s result and F#'s.
let table: (string * (unit -> Tensor) * (unit -> Tensor)) list =
    [
        row "Inv" (fun () -> X.Inv a.Value) (fun () -> Tensor.inv a.Value)
        row "Det" (fun () -> X.Det a.Value) (fun () -> Tensor.det a.Value)
        row "SlogDet" (fun () -> joined (X.SlogDet a.Value)) (fun () -> both (Tensor.slogdet a.Value))
        row "Solve" (fun () -> X.Solve(a.Value, b.Value)) (fun () -> Tensor.solve a.Value b.Value)
        row "TriangularSolve" (fun () -> X.TriangularSolve(a.Value, b.Value, true)) (fun () ->
            Tensor.triangularSolve true a.Value b.Value)
        row "Cholesky" (fun () -> X.Cholesky positive.Value) (fun () -> Tensor.cholesky positive.Value)
        row "CholeskySolve" (fun () -> X.CholeskySolve(X.Cholesky positive.Value, b.Value)) (fun () ->
            Tensor.choleskySolve (Tensor.cholesky positive.Value) b.Value)
        row "Qr" (fun () -> joined (X.Qr a.Value)) (fun () -> both (Tensor.qr a.Value))
        row
            "Svd"
            (fun () ->
                let struct (u, s, v) = X.Svd a.Value
                Tensor.cat 0 [ u; Tensor.unsqueeze 0 s; v ])
            (fun () -> Tensor.svd a.Value |> fun (u, s, v) -> Tensor.cat 0 [ u; Tensor.unsqueeze 0 s; v ])
        row "Eigh" (fun () -> joined (X.Eigh positive.Value)) (fun () -> both (Tensor.eigh positive.Value))
        row "Pinv" (fun () -> X.Pinv b.Value) (fun () -> Tensor.pinv b.Value)
        row "MatrixExp" (fun () -> X.MatrixExp a.Value) (fun () -> Tensor.matrixExp a.Value)
        row "MatrixPower" (fun () -> X.MatrixPower(a.Value, 3)) (fun () -> Tensor.matrixPower 3 a.Value)
        row "Bmm" (fun () -> X.Bmm(cube 5, cube 6)) (fun () -> Tensor.bmm (cube 5) (cube 6))
        row "Outer" (fun () -> X.Outer(u.Value, v.Value)) (fun () -> Tensor.outer u.Value v.Value)
        row "Kron" (fun () -> X.Kron(a.Value, b.Value)) (fun () -> Tensor.kron a.Value b.Value)
        row "Trace" (fun () -> X.Trace a.Value) (fun () -> Tensor.trace a.Value)
        row "Cdist" (fun () -> X.Cdist(a.Value, positive.Value)) (fun () -> Tensor.cdist a.Value positive.Value)
        row "CosineSimilarity" (fun () -> X.CosineSimilarity(a.Value, positive.Value, 1)) (fun () ->
            Tensor.cosineSimilarity 1 a.Value positive.Value)
        row "Einsum" (fun () -> CSharp.Tensors.Einsum("ij,jk->k", [ a.Value; b.Value ])) (fun () ->
            Tensor.einsum "ij,jk->k" [ a.Value; b.Value ])
        row "Fft" (fun () -> joined (X.Fft(struct (u.Value, v.Value), 0))) (fun () ->
            both (Tensor.fft 0 (u.Value, v.Value)))
        row "Ifft" (fun () -> joined (X.Ifft(struct (u.Value, v.Value), 0))) (fun () ->
            both (Tensor.ifft 0 (u.Value, v.Value)))
        row "Rfft" (fun () -> joined (X.Rfft(u.Value, 0))) (fun () -> both (Tensor.rfft 0 u.Value))
        row "Irfft" (fun () -> X.Irfft(struct (u.Value, v.Value), 0, 6)) (fun () -> Tensor.irfft 0 6 (u.Value, v.Value))
    ]
    @ windows
