namespace Functional.FSharp

open System
open TorchSharp
open Functional.FSharp.Native

/// Arithmetic and functions of each element.
[<AutoOpen>]
module internal ElementwiseOps =

    type private T = torch.Tensor

    // A whole number beside whole numbers, which must hold it.
    let inline private whole name (a: T) (v: int) ([<InlineIfLambda>] f: T -> Scalar -> T) =
        requireWhole name (int64 v) a
        counted name a (int64 v) f

    // Beside whole numbers, libtorch wraps a single one of another dtype to theirs: it must be one of them.
    let inline private fitting name (a: T) (b: T) ([<InlineIfLambda>] f: T -> T -> T) : T =
        let require (single: T) (beside: T) =
            if rank single = 0 && not (isFloating single) && not (isFloating beside) && not (Tally.IsBare single) then
                requireWhole name (read single _.ToInt64()) beside

        if dtype a <> dtype b && rank a <> rank b then
            require a b
            require b a

        binary name a b f

    // Whole numbers within whole or infinite bounds stay whole. A bound beyond them is none, or cannot be written.
    let private limits name (low: float) (high: float) (a: T) : T voption =
        let isBound v = Double.IsInfinity v || Math.Truncate v = v

        match bounds (dtype a) with
        | ValueSome(struct (smallest, largest)) when dtype a <> torch.ScalarType.Bool && isBound low && isBound high ->
            let refuse v =
                raise (
                    ArgumentException
                        $"{name} cannot be applied to {describe a}: its numbers go from {smallest} to {largest}, and {v} is none of them"
                )

            // 2⁶³ as a float is one more than the largest int64.
            let isAbove v = v > float largest || v = 9223372036854775808.0
            let isBelow v = v < float smallest

            if isAbove low then
                refuse low

            if isBelow high then
                refuse high

            let bounded =
                if isBelow low then
                    unary name a _.alias()
                else
                    counted name a (int64 low) (fun a s -> a.clamp_min s)

            if isAbove high then
                ValueSome bounded
            else
                use bounded = bounded
                ValueSome(counted name bounded (int64 high) (fun a s -> a.clamp_max s))
        | _ -> ValueNone

    [<RequireQualifiedAccess>]
    module Ops =

        let add a b = binary "add" a b (fun a b -> a.add (b, one.Value))
        let sub a b = binary "sub" a b (fun a b -> a.sub b)
        let mul a b = binary "mul" a b (fun a b -> a.mul b)
        let div a b = binary "div" a b (fun a b -> a.div b)
        let remainder a b = fitting "remainder" a b (fun a b -> a.remainder b)
        let floorDivide a b = fitting "floorDivide" a b (fun a b -> a.div (b, torch.RoundingMode.floor))
        let maximum a b = fitting "maximum" a b (fun a b -> a.maximum b)
        let minimum a b = fitting "minimum" a b (fun a b -> a.minimum b)

        /// Overwrites a tensor that the caller alone owns.
        let fill (a: T) (value: float) =
            withScalar value (fun s -> a.fill_ s) |> ignore
            GC.KeepAlive a

        let addScalar a (v: float) = scaled "add" a v (fun a s -> a.add (s, one.Value))
        let mulScalar a (v: float) = scaled "mul" a v (fun a s -> a.mul s)
        let divScalar a (v: float) = scaled "div" a v (fun a s -> a.div s)
        let powScalar a (v: float) = scaled "pow" a v (fun a s -> a.pow s)
        let remainderScalar a (v: float) = scaled "remainder" a v (fun a s -> a.remainder s)
        let addWhole a (v: int) = whole "add" a v (fun a s -> a.add (s, one.Value))
        let subWhole a (v: int) = whole "sub" a v (fun a s -> a.sub s)
        let mulWhole a (v: int) = whole "mul" a v (fun a s -> a.mul s)
        let powWhole a (v: int) = counted "pow" a (int64 v) (fun a s -> a.pow s)
        let remainderWhole a (v: int) = whole "remainder" a v (fun a s -> a.remainder s)
        let neg a = unary "neg" a _.neg()
        let exp a = unary "exp" a _.exp()
        let exp2 a = unary "exp2" a _.exp2()
        let expm1 a = unary "expm1" a _.expm1()
        let log a = unary "log" a _.log()
        let log2 a = unary "log2" a _.log2()
        let log10 a = unary "log10" a _.log10()
        let log1p a = unary "log1p" a _.log1p()
        let sqrt a = unary "sqrt" a _.sqrt()
        let rsqrt a = unary "rsqrt" a _.rsqrt()
        let reciprocal a = unary "reciprocal" a _.reciprocal()
        // Without numbers, libtorch has neither abs nor relu; these have their shapes.
        let abs a = unary "abs" a (fun a -> if Tally.IsBare a then a.neg () else a.abs ())
        let sign a = unary "sign" a _.sign()
        let square a = unary "square" a (fun a -> a.pow two.Value)
        let floor a = unary "floor" a _.floor()
        let ceil a = unary "ceil" a _.ceil()
        // TorchSharp's rounding to decimals takes no whole numbers; their floor is what it should give.
        let round a = unary "round" a (fun a -> if isFloating a then a.round () else a.floor ())
        let trunc a = unary "trunc" a _.trunc()
        let frac a = unary "frac" a _.frac()

        let clampMin a (low: float) =
            match limits "clampMin" low infinity a with
            | ValueSome clamped -> clamped
            | ValueNone -> scaled "clampMin" a low (fun a s -> a.clamp_min s)

        let clampMax a (high: float) =
            match limits "clampMax" -infinity high a with
            | ValueSome clamped -> clamped
            | ValueNone -> scaled "clampMax" a high (fun a s -> a.clamp_max s)

        let clamp a (low: float) (high: float) =
            match limits "clamp" low high a with
            | ValueSome clamped -> clamped
            | ValueNone -> scaled "clamp" a low (fun a least -> withScalar high (fun most -> a.clamp (least, most)))

        let nanToNum a = unary "nanToNum" a (fun a -> a.nan_to_num 0.0)
        let sin a = unary "sin" a _.sin()
        let cos a = unary "cos" a _.cos()
        let tan a = unary "tan" a _.tan()
        let asin a = unary "asin" a _.asin()
        let acos a = unary "acos" a _.acos()
        let atan a = unary "atan" a _.atan()
        let sinh a = unary "sinh" a _.sinh()
        let cosh a = unary "cosh" a _.cosh()
        let tanh a = unary "tanh" a _.tanh()
        let asinh a = unary "asinh" a _.asinh()
        let acosh a = unary "acosh" a _.acosh()
        let atanh a = unary "atanh" a _.atanh()
        let atan2 a b = binary "atan2" a b (fun a b -> a.atan2 b)
        let hypot a b = binary "hypot" a b (fun a b -> a.hypot b)
        let sigmoid a = unary "sigmoid" a _.sigmoid()
        let logsigmoid a = unary "logsigmoid" a _.log_sigmoid()
        let relu a = unary "relu" a (fun a -> if Tally.IsBare a then a.neg () else a.relu ())
        let leakyRelu a (slope: float) = scaled "leakyRelu" a slope (fun a s -> a.leaky_relu s)
        let elu a (alpha: float) = scaled "elu" a alpha (fun a s -> a.elu (s, one.Value, one.Value))
        let silu a = unary "silu" a _.silu()
        let erf a = unary "erf" a _.erf()
        let erfc a = unary "erfc" a _.erfc()
        let erfinv a = unary "erfinv" a _.erfinv()
        let lgamma a = unary "lgamma" a _.lgamma()
        let digamma a = unary "digamma" a _.digamma()
