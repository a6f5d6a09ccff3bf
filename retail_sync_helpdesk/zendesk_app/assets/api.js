/** Calls the agent API through the host, which puts the key in: the browser never has it. */

/** An error of the API: a problem document (RFC 9457), or none where the API could not be reached. */
export class ApiError extends Error {
    constructor(status, problem) {
        super((problem && (problem.detail || problem.title)) || `HTTP ${status}`);
        this.status = status;
        this.code = (problem && problem.code) || "unreachable";
        this.problem = problem || {};
    }
    /** Whether the same request may succeed when it is sent again. */
    get isPassing() {
        const codes = ["unreachable", "busy", "unavailable", "rate_limited", "request_in_progress", "conflict"];
        return this.status === 0 || this.status >= 500 || codes.includes(this.code);
    }
}

/** Return an error as people read it: what happened, what to do, and the rules that say no. */
export function sentences(error) {
    const { problem } = error;
    const rules = (problem.rules || []).map((rule) => rule.text).filter(Boolean);
    const about = problem.detail || problem.title || "Odoo cannot be reached.";
    const doNext = problem.action || "Try again. If it lasts, tell your Odoo administrator.";
    const trace = problem.correlation_id ? [`Reference: ${problem.correlation_id}`] : [];
    return rules.length ? [...rules, ...trace] : [about, doNext, ...trace];
}

export class AgentApi {
    /** @param {object} client of the Zendesk Apps framework; root: address of version 1, without a slash at the end */
    constructor(client, root) {
        this.client = client;
        this.root = root;
        this.verified = null;
    }

    /** Remember how the agent has verified the customer; null: not at all. */
    verify(method) {
        this.verified = method ? { method, at: new Date().toISOString() } : null;
    }

    get(path, query = {}) {
        const pairs = Object.entries(query).filter(([, value]) => value !== "" && value !== null && value !== undefined);
        const text = new URLSearchParams(pairs).toString();
        return this._send("GET", text ? `${path}?${text}` : path);
    }

    post(path, body, headers = {}) {
        return this._send("POST", path, body, headers);
    }

    async _send(type, path, body, more = {}) {
        const headers = { Authorization: "Bearer {{setting.api_key}}", Accept: "application/json", ...more };
        if (this.verified) {
            headers["X-Verified-By"] = this.verified.method;
            headers["X-Verified-At"] = this.verified.at;
        }
        const options = { url: this.root + path, type, headers, secure: true, timeout: 30000 };
        if (body !== undefined) {
            options.contentType = "application/json";
            options.data = JSON.stringify(body);
        }
        try {
            return await this.client.request(options);
        } catch (failed) {
            throw new ApiError(failed.status || 0, problemOf(failed));
        }
    }
}

function problemOf(failed) {
    if (failed.responseJSON) {
        return failed.responseJSON;
    }
    try {
        return JSON.parse(failed.responseText);
    } catch {
        return null;
    }
}
