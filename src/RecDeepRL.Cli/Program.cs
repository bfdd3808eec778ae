using TorchSharp;

Console.WriteLine(torch.rand(2).sum().ToSingle());
