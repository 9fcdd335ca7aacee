namespace Functional.FSharp

open System
open System.Runtime.InteropServices
open TorchSharp
open Functional.FSharp.Native

/// Discrete Fourier transforms. Complex numbers are a pair of tensors on both sides; libtorch's own stay inside.
[<AutoOpen>]
module internal FourierOps =

    type private T = torch.Tensor

    let private requireAxis name (axis: int64) (length: int64) (a: T) =
        match dtype a with
        | torch.ScalarType.Float32
        | torch.ScalarType.Float64 -> ()
        | _ ->
            raise (ArgumentException $"{name} is defined for float32 and float64, but was given {describe a}; {castIt}")

        let rank = int64 (rank a)

        if
            axis < -rank
            || axis >= rank
            || size a (int (if axis < 0L then axis + rank else axis)) < 1L
            || length < 1L
        then
            raise (
                ArgumentException
                    $"{name} takes a tensor with an axis {axis} that is not empty, but was given {describe a}"
            )

    // Of an empty batch, whose transform MKL refuses: zeros with so many terms along the axis.
    let private none (axis: int64) (terms: int64) (a: T) =
        let shape = shape a
        Ops.zeros (Array.updateAt (int (if axis < 0L then axis + shape.LongLength else axis)) terms shape) (dtype a)

    let private parts name (given: T[]) (f: T[] -> T) : struct (T * T) =
        try
            let ready = Tally.Operands(name, given)
            use complex = f ready
            GC.KeepAlive ready
            use real = complex.real
            use imaginary = complex.imag
            Tally.Result(name, given, struct (real.clone (), imaginary.clone ()))
        with :? ExternalException as error ->
            refuse name (describe given[0]) error

    let private both name (re: T) (im: T) =
        if dtype re <> dtype im || not (sameShape re im) then
            raise (
                ArgumentException
                    $"{name} takes real and imaginary parts of one shape and dtype, but was given {describe re} and {describe im}; {castIt} where dtypes differ"
            )

    [<RequireQualifiedAccess>]
    module Ops =

        let private transform name (run: T * int64 -> T) axis (re: T) (im: T) =
            both name re im
            requireAxis name axis 1L re

            if count re = 0L then
                struct (Ops.zerosLike re, Ops.zerosLike im)
            else
                parts name [| re; im |] (fun all ->
                    use complex = torch.complex (all[0], all[1])
                    run (complex, axis))

        let fft axis re im = transform "fft" (fun (x, axis) -> torch.fft.fft_ (x, -1L, axis)) axis re im
        let ifft axis re im = transform "ifft" (fun (x, axis) -> torch.fft.ifft (x, -1L, axis)) axis re im

        let rfft axis (x: T) =
            requireAxis "rfft" axis 1L x
            let place = int (if axis < 0L then axis + int64 (rank x) else axis)

            if count x = 0L then
                let terms = size x place / 2L + 1L
                struct (none axis terms x, none axis terms x)
            else
                parts "rfft" [| x |] (fun all -> torch.fft.rfft (all[0], -1L, axis))

        let irfft axis (length: int64) (re: T) (im: T) =
            both "irfft" re im
            requireAxis "irfft" axis length re

            if count re = 0L then
                none axis length re
            else
                binary "irfft" re im (fun re im ->
                    use complex = torch.complex (re, im)
                    torch.fft.irfft (complex, length, axis))
