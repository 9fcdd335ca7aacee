module FourierRows

open System
open System.Numerics
open Functional
open Functional.FSharp
open Row

// Σⱼ xⱼ·exp(∓2πi·jk/n) of each line, by the definition.
let private transform (sign: float) (lines: Complex[][]) =
    lines
    |> Array.map (fun x ->
        Array.init x.Length (fun k ->
            Seq.fold
                (fun sum j ->
                    sum + x[j] * Complex.Exp(Complex(0.0, sign * 2.0 * Math.PI * float (j * k) / float x.Length)))
                Complex.Zero
                (seq { 0 .. x.Length - 1 })))

let private complex (a: Tensor[]) =
    Array.map2
        (fun re im -> Array.map2 (fun r i -> Complex(r, i)) re im)
        (ReductionRows.lines -1 a[0])
        (ReductionRows.lines -1 a[1])

let private real (a: Tensor) = ReductionRows.lines -1 a |> Array.map (Array.map (fun r -> Complex(r, 0.0)))
let private part f = Array.collect (Array.map f)
let private re (z: Complex) = z.Real
let private im (z: Complex) = z.Imaginary

let rows =
    [
        for n in [ 1; 4; 5; 7 ] do
            let operands = [ normals 1 [ 2; n ]; normals 2 [ 2; n ] ]
            let half = Array.map (Array.truncate (n / 2 + 1))

            for text, pick, f in [ "real", fst, re; "imaginary", snd, im ] do
                row "fft" operands (fun a -> pick (Tensor.fft -1 (a[0], a[1]))) (fun a ->
                    part f (transform -1.0 (complex a)))
                |> case $"{text} of {n}"
                |> refusing [ normals 1 [ 2; n ]; normals 2 [ n ] ] [ $"[2; {n}]"; "shape" ]

                row "ifft" operands (fun a -> pick (Tensor.ifft -1 (a[0], a[1]))) (fun a ->
                    part (fun z -> f z / float n) (transform 1.0 (complex a)))
                |> case $"{text} of {n}"

                row "rfft" [ normals 1 [ 2; n ] ] (fun a -> pick (Tensor.rfft -1 a[0])) (fun a ->
                    part f (half (transform -1.0 (real a[0]))))
                |> case $"{text} of {n}"

            row "irfft" [ normals 1 [ 2; n ] ] (fun a -> Tensor.irfft -1 n (Tensor.rfft -1 (Tensor.sin a[0]))) (fun a ->
                Tensor.toDoubles (Tensor.sin a[0]))
            |> case $"of rfft, {n}"
            |> composed

        row "fft" [ normals 1 [ 3; 2 ]; normals 2 [ 3; 2 ] ] (fun a -> fst (Tensor.fft 0 (a[0], a[1]))) (fun a ->
            let turned = a |> Array.map (Tensor.transpose 0 1)
            transform -1.0 (complex turned) |> Array.transpose |> Array.collect (Array.map re))
        |> case "first axis"

        row
            "ifft"
            [ normals 1 [ 2; 5 ]; normals 2 [ 2; 5 ] ]
            (fun a ->
                // The convolution theorem: a product of transforms is the transform of the circular convolution.
                let zero = Tensor.zerosLike a[0]
                let (r, i), (s, j) = Tensor.fft 1 (a[0], zero), Tensor.fft 1 (a[1], zero)
                fst (Tensor.ifft 1 (r * s - i * j, r * j + i * s)))
            (fun a ->
                Array.map2
                    (fun (x: float[]) (y: float[]) ->
                        Array.init 5 (fun k -> Seq.sum (seq { for j in 0..4 -> x[j] * y[(k - j + 5) % 5] })))
                    (ReductionRows.lines 1 a[0])
                    (ReductionRows.lines 1 a[1])
                |> Array.concat)
        |> case "convolution"
        |> composed
    ]

let wrong: (string * (Tensor -> Tensor)) list =
    [
        for axis in [ -9; 7; Int32.MinValue ] do
            "fft", (fun a -> fst (Tensor.fft axis (a, a)))
            "ifft", (fun a -> fst (Tensor.ifft axis (a, a)))
            "rfft", (fun a -> fst (Tensor.rfft axis a))
            "irfft", (fun a -> Tensor.irfft axis 4 (a, a))
        for length in [ 0; -1 ] do
            "irfft", (fun a -> Tensor.irfft 0 length (a, a))
    ]
