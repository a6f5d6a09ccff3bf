/* Stands in for the SDK of the Zendesk Apps framework: the same methods, over the page around the frame. */
window.ZAFClient = {
    init: () => ({
        get: async (paths) => window.parent.host.get(paths),
        metadata: async () => window.parent.host.context,
        request: (options) => window.parent.host.request(options),
        invoke: async () => undefined,
        on: () => undefined,
    }),
};
