/// The stress test finds a scalar that nothing holds only by chance; the code of TorchSharp shows it for certain.
module ScalarTests

open System.Collections.Generic
open System.IO
open Expecto
open Mono.Cecil
open TorchSharp
open Functional

let private read (assembly: System.Reflection.Assembly) =
    let folders = new DefaultAssemblyResolver()
    folders.AddSearchDirectory(Path.GetDirectoryName assembly.Location)
    AssemblyDefinition.ReadAssembly(assembly.Location, ReaderParameters(AssemblyResolver = folders))

let rec private methods (kind: TypeDefinition) : MethodDefinition list =
    List.ofSeq kind.Methods @ List.collect methods (List.ofSeq kind.NestedTypes)

let private calls (code: MethodDefinition) =
    [
        if code.HasBody then
            for instruction in code.Body.Instructions do
                match instruction.Operand with
                | :? MethodReference as called -> called
                | _ -> ()
    ]

let private isTorchSharp (called: MethodReference) =
    called.DeclaringType.Scope.Name.StartsWith "TorchSharp"
    || called.Module.Name.StartsWith "TorchSharp"

// TorchSharp makes a scalar of a number.
let private makes (called: MethodReference) = called.DeclaringType.Name = "Scalar" && called.Name = "op_Implicit"

/// The ways from these methods into TorchSharp that end in a scalar made on the way, innermost first.
let private hidden (from: MethodDefinition seq) : string list =
    let seen = HashSet<string>()

    let rec visit path (called: MethodReference) =
        if makes called then
            [ String.concat " <- " path ]
        elif isTorchSharp called && List.length path < 6 && seen.Add called.FullName then
            match called.Resolve() with
            | null -> []
            | code -> calls code |> List.collect (visit (called.Name :: path))
        else
            []

    [
        for code in from do
            for called in calls code do
                yield! visit [ $"{code.DeclaringType.Name}.{code.Name}" ] called
    ]

let private core = lazy (read typeof<Tensor>.Assembly)

let private all (assembly: AssemblyDefinition) = assembly.MainModule.Types |> Seq.collect methods

let tests =
    testList
        "native scalars"
        [
            test "TorchSharp makes no scalar of its own on any way from the core" {
                // Script.invoke makes scalars of its numbers itself, before TorchSharp could.
                let found = hidden (all core.Value) |> List.filter (fun way -> not (way.EndsWith "Script.invoke"))
                Expect.isEmpty found "a scalar that nothing holds may be collected during the call"
            }

            test "TorchSharp's own square is found to make one" {
                let square =
                    all (read typeof<torch>.Assembly)
                    |> Seq.filter (fun code -> code.Name = "square" && code.DeclaringType.Name = "Tensor")

                Expect.isNonEmpty (hidden square) "the control"
            }
        ]
