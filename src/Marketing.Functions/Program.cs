using Marketing;
#if ISOLATED_WORKER
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddMarketing(builder.Configuration);
await builder.Build().RunAsync();
return 0;
#else
return await CustomHandlerHost.RunAsync(typeof(Program).Assembly, (services, configuration) => services.AddMarketing(configuration));
#endif
