/// Messages and texts do not follow the culture: numbers in them are written in one way.
module CultureTests

open System
open System.Collections.Generic
open System.Globalization
open System.Reflection
open System.Reflection.Emit
open Expecto
open Functional
open Functional.FSharp

let private codes =
    dict
        [
            for field in typeof<OpCodes>.GetFields(BindingFlags.Public ||| BindingFlags.Static) do
                match field.GetValue null with
                | :? OpCode as code -> code.Value, code
                | _ -> ()
        ]

// The instructions of a method, each with its operand where that is a token.
let private instructions (m: MethodBase) : (OpCode * int) list =
    match m.GetMethodBody() with
    | null -> []
    | body ->
        let il = nonNull (body.GetILAsByteArray())
        let found = List()
        let mutable at = 0

        while at < il.Length do
            let code =
                if il[at] = 0xFEuy then
                    codes[int16 (0xFE00 ||| int il[at + 1])]
                else
                    codes[int16 il[at]]

            at <- at + code.Size

            let size, token =
                match code.OperandType with
                | OperandType.InlineNone -> 0, 0
                | OperandType.ShortInlineBrTarget
                | OperandType.ShortInlineI
                | OperandType.ShortInlineVar -> 1, 0
                | OperandType.InlineVar -> 2, 0
                | OperandType.InlineI8
                | OperandType.InlineR -> 8, 0
                | OperandType.InlineSwitch -> 4 + 4 * BitConverter.ToInt32(il, at), 0
                | _ -> 4, BitConverter.ToInt32(il, at)

            found.Add((code, token))
            at <- at + size

        List.ofSeq found

let private isFraction (t: Type | null) = t = typeof<float> || t = typeof<float32> || t = typeof<decimal>

// A fraction that is boxed into the array of an interpolated string would be written in the culture of the thread.
let private fractions (m: MethodBase) : bool =
    let owner, own =
        (match m.DeclaringType with
         | null -> [||]
         | t -> t.GetGenericArguments()),
        (if m.IsGenericMethod then m.GetGenericArguments() else [||])

    // number.ToString() and String.Join(", ", numbers) do the same.
    let writes (token: int) =
        match m.Module.ResolveMethod(token, owner, own) with
        | null -> false
        | called ->
            (called.Name = "ToString" && called.GetParameters().Length = 0 && isFraction called.DeclaringType)
            || (called.Name = "Join"
                && called.IsGenericMethod
                && called.GetGenericArguments() |> Array.exists isFraction)

    let code = instructions m

    // Arrays of objects are made for TorchScript, too.
    let interpolates =
        code
        |> List.exists (fun (code, token) ->
            code = OpCodes.Newobj
            && (match m.Module.ResolveMethod(token, owner, own) with
                | null -> false
                | made -> string made.DeclaringType |> _.Contains("PrintfFormat")))

    code
    |> List.pairwise
    |> List.exists (fun ((code, token), (next, _)) ->
        (interpolates
         && code = OpCodes.Box
         && (next = OpCodes.Stelem || next = OpCodes.Stelem_Ref)
         && isFraction (m.Module.ResolveType(token, owner, own)))
        || ((code = OpCodes.Call || code = OpCodes.Callvirt) && writes token))

/// The methods of an assembly that write a fraction into an interpolated string in the culture of the thread.
let sites (assembly: Assembly) : string list =
    let flags =
        BindingFlags.Public
        ||| BindingFlags.NonPublic
        ||| BindingFlags.Static
        ||| BindingFlags.Instance
        ||| BindingFlags.DeclaredOnly

    [
        for t in assembly.GetTypes() do
            for m in t.GetMethods flags do
                if fractions m then
                    $"{t.FullName}.{m.Name}"

            for c in t.GetConstructors flags do
                if fractions c then
                    $"{t.FullName}.new"
    ]

let private refused: (string * (unit -> unit)) list =
    let x = Tensor.ofDoubles [ 2 ] [| 0.5; 1.5 |]

    [
        "1.5", (fun () -> Tensor.fullOf Dtype.Int32 [ 2 ] 1.5 |> ignore)
        "2.5", (fun () -> Tensor.clamp 2.5 1.25 x |> ignore)
        "1.25", (fun () -> Tensor.clamp 2.5 1.25 x |> ignore)
        "1.5", (fun () -> Random.bernoulli 1.5 [ 2 ] (Key.ofSeed 1) |> ignore)
        "-0.25", (fun () -> Layers.Noise.gaussianNoise -0.25 |> ignore)
        "0.5", (fun () -> Tensor.onehot 3 x |> ignore)
        "-1.5", (fun () -> Energy.tempered -1.5 Tensor.sum x |> ignore)
        "-2.5", (fun () -> Schedule.polynomial -2.5 1.0 0.0 3 |> ignore)
        "-0.5", (fun () -> Transform.momentum -0.5 |> ignore)
    ]

let tests =
    testList
        "culture"
        [
            test "no fraction is written in the culture of the thread" {
                Expect.equal (sites typeof<Tensor>.Assembly) [] "in the core"
                Expect.equal (sites typeof<CSharp.Tensors>.Assembly) [] "in the facade"
            }

            test "refusals and texts are the same in Germany" {
                let before = CultureInfo.CurrentCulture

                let texts () =
                    [
                        for _, call in refused do
                            yield (Support.raised<ArgumentException> call).Message
                        yield Tensor.format (Tensor.ofDoubles [ 2 ] [| 0.5; 1234567.25 |])
                        yield string (Key.ofSeed 3)
                    ]

                let here = texts ()

                try
                    CultureInfo.CurrentCulture <- CultureInfo "de-DE"
                    Expect.equal (1.5.ToString()) "1,5" "numbers have commas"
                    let there = texts ()
                    Expect.equal there here "the same texts"

                    for (number, _), message in List.zip refused there[.. refused.Length - 1] do
                        Expect.stringContains message number "the number itself"
                finally
                    CultureInfo.CurrentCulture <- before
            }
        ]
