namespace Functional.FSharp

open System
open TorchSharp
open Functional.FSharp.Native

/// Elementwise functions and comparisons.
[<AutoOpen>]
module internal ElementwiseOps =

    type private T = torch.Tensor

    [<RequireQualifiedAccess>]
    module Ops =

        let add a b = binary "add" a b (fun a b -> a.add (b, one.Value))
        let sub a b = binary "sub" a b (fun a b -> a.sub b)
        let mul a b = binary "mul" a b (fun a b -> a.mul b)
        let div a b = binary "div" a b (fun a b -> a.div b)
        let pow a b = binary "pow" a b (fun a b -> a.pow b)
        let maximum a b = binary "maximum" a b (fun a b -> a.maximum b)
        let minimum a b = binary "minimum" a b (fun a b -> a.minimum b)

        /// Overwrites a tensor that the caller alone owns.
        let fill (a: T) (value: float) =
            withScalar value (fun s -> a.fill_ s) |> ignore
            GC.KeepAlive a

        let addScalar a (v: float) = scaled "add" a v (fun a s -> a.add (s, one.Value))
        let mulScalar a (v: float) = scaled "mul" a v (fun a s -> a.mul s)
        let divScalar a (v: float) = scaled "div" a v (fun a s -> a.div s)
        let powScalar a (v: float) = scaled "pow" a v (fun a s -> a.pow s)
        let eq a b = binary "eq" a b (fun a b -> a.eq b)
        let lt a b = binary "lt" a b (fun a b -> a.lt b)
        let le a b = binary "le" a b (fun a b -> a.le b)
        let gt a b = binary "gt" a b (fun a b -> a.gt b)
        let ge a b = binary "ge" a b (fun a b -> a.ge b)
        let ltScalar a (v: float) = scaled "lt" a v (fun a s -> a.lt s)
        let geScalar a (v: float) = scaled "ge" a v (fun a s -> a.ge s)
        let where (mask: T) (a: T) (b: T) = many "where" [| mask; a; b |] (fun () -> torch.where (mask, a, b))
        let neg a = unary "neg" a _.neg()
        let exp a = unary "exp" a _.exp()
        let log a = unary "log" a _.log()
        let sqrt a = unary "sqrt" a _.sqrt()
        let rsqrt a = unary "rsqrt" a _.rsqrt()
        let abs a = unary "abs" a _.abs()
        let sign a = unary "sign" a _.sign()
        let square a = unary "square" a (fun a -> a.pow two.Value)
        let sin a = unary "sin" a _.sin()
        let cos a = unary "cos" a _.cos()
        let tanh a = unary "tanh" a _.tanh()
        let sigmoid a = unary "sigmoid" a _.sigmoid()
        let relu a = unary "relu" a _.relu()
