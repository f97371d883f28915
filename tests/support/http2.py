"""Both ends of HTTP/2 for tests: a client over any TLS socket, and an origin. What they send is not checked, so that they can be hostile."""
import socketserver
import ssl
import threading

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import h2.settings

from origin import Answer, Origin


def plain_config(client_side):
    return h2.config.H2Configuration(client_side=client_side, header_encoding="utf-8", validate_outbound_headers=False, normalize_outbound_headers=False,
                                     validate_inbound_headers=False, normalize_inbound_headers=False)


class End:
    """A connection of either side with what it heard, stream by stream. Flow control is looked after."""

    def __init__(self, sock, client_side):
        self.socket, self.reader, self.settled = sock, threading.get_ident(), False
        self.state = h2.connection.H2Connection(plain_config(client_side))
        self.events, self.over, self.goodbye, self.withholds, self.changed = {}, False, None, False, threading.Condition()
        self.pongs = 0

    def begin(self, settings=None):
        if settings:
            self.state.update_settings(settings)
        self.state.initiate_connection()
        self.flush()
        return self

    def flush(self):
        data = self.state.data_to_send()
        if data:
            self.socket.sendall(data)

    def take(self):
        """Waits for bytes and sorts what they say. False: the connection is over."""
        try:
            data = self.socket.recv(1 << 16)
        except (ConnectionError, ssl.SSLError):
            data = b""
        if not data:
            with self.changed:
                self.over = True
                self.changed.notify_all()
            return False
        with self.changed:
            self.sort(self.state.receive_data(data))
            self.flush()
            self.changed.notify_all()
        return True

    def sort(self, events):
        for event in events:
            if isinstance(event, h2.events.ConnectionTerminated):
                self.goodbye = event.error_code
            elif isinstance(event, h2.events.RemoteSettingsChanged):
                self.settled = True
            elif isinstance(event, h2.events.PingAckReceived):
                self.pongs += 1
            elif isinstance(event, h2.events.DataReceived) and not self.withholds:
                self.state.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            if getattr(event, "stream_id", None):
                self.events.setdefault(event.stream_id, []).append(event)

    def wait_for_room(self):
        if self.reader == threading.get_ident():
            self.take()
        else:
            with self.changed:
                self.changed.wait(1)
        if self.over:
            raise EOFError

    def wait_for_settings(self):
        """What the other side wishes, which it says first."""
        while not self.settled:
            self.take()

    def catch_up(self):
        """Hears all that the other side has said so far."""
        before = self.pongs
        self.state.ping(b"catch up")
        self.flush()
        while self.pongs == before and self.take():
            pass

    def send_body(self, stream, data, end=True):
        view = memoryview(data)
        while view:
            room = min(self.state.local_flow_control_window(stream), self.state.max_outbound_frame_size, len(view))
            if room == 0:
                self.wait_for_room()
                continue
            with self.changed:
                self.state.send_data(stream, bytes(view[:room]))
                self.flush()
            view = view[room:]
        if end:
            with self.changed:
                self.state.end_stream(stream)
                self.flush()


class Client(End):
    """`host` is asked for unless a request names another."""

    def __init__(self, sock, host):
        super().__init__(sock, True)
        self.host = host

    def ask(self, path, *fields, method="GET", body=None, end=True, host=None, scheme="https", pseudo=()):
        stream = self.state.get_next_available_stream_id()
        head = [(":method", method), (":scheme", scheme), (":authority", host or self.host), (":path", path), *pseudo, *fields]
        self.state.send_headers(stream, [field for field in head if field[1] is not None], end_stream=body is None and end)
        self.flush()
        if body is not None:
            self.send_body(stream, body, end)
        return stream

    def heard(self, stream, kind):
        return [event for event in self.events.get(stream, ()) if isinstance(event, kind)]

    def wait(self, stream, *kinds):
        """Until one of those events came on the stream. None: the connection is over."""
        while True:
            for event in self.events.get(stream, ()):
                if isinstance(event, kinds):
                    return event
            if not self.take():
                return None

    def body(self, stream):
        return b"".join(event.data for event in self.heard(stream, h2.events.DataReceived))

    def answer(self, stream):
        """The answer, whole; `reset`: it was broken off with that code (-1 by the end of the connection)."""
        end = self.wait(stream, h2.events.StreamEnded, h2.events.StreamReset)
        heads = self.heard(stream, h2.events.ResponseReceived)
        fields = list(heads[0].headers) if heads else []
        interim = [int(dict(event.headers)[":status"]) for event in self.heard(stream, h2.events.InformationalResponseReceived)]
        answer = Answer(int(dict(fields).get(":status", 0)), fields, self.body(stream), interim)
        answer.reset = None if isinstance(end, h2.events.StreamEnded) else -1 if end is None else end.error_code
        answer.trailers = [field for event in self.heard(stream, h2.events.TrailersReceived) for field in event.headers]
        return answer

    def get(self, path, *fields, **more):
        return self.answer(self.ask(path, *fields, **more))


class Request:
    """What an origin read: method, path, fields and body, and where to answer."""

    def __init__(self, end, stream, headers):
        self.end, self.stream, self.headers, self.body = end, stream, headers, b""
        self.method, self.path, self.host = (self.field(name) for name in (":method", ":path", ":authority"))

    def field(self, name):
        return next((value for key, value in self.headers if key == name), None)

    def head(self, status=200, *fields, end=False):
        with self.end.changed:
            self.end.state.send_headers(self.stream, [(":status", str(status)), *fields], end_stream=end)
            self.end.flush()

    def answer(self, body=b"", *fields, status=200):
        silent = not body or self.method == "HEAD"
        self.head(status, ("content-length", str(len(body))), *fields, end=silent)
        if not silent:
            self.end.send_body(self.stream, body)

    def trailers(self, *fields):
        self.end.state.send_headers(self.stream, list(fields), end_stream=True)
        self.end.flush()


class Http2Origin(Origin):
    """`serve(request)` is called for each whole request: one after the other on a connection, or each on a thread of its own if `threads`."""

    def __init__(self, serve, address, port, tls, threads=False):
        tls.set_alpn_protocols(["h2"])
        self.serve, self.threads, self.connections = serve, threads, 0
        super().__init__(Http2Handler, address, port, tls)


class Http2Handler(socketserver.BaseRequestHandler):
    def handle(self):
        self.server.connections += 1
        end = End(self.request, False)
        end.begin()
        waiting = {}
        while end.take():
            for stream in sorted(end.events):
                for event in end.events.pop(stream):
                    self.heard(end, event)
                    if isinstance(event, h2.events.RequestReceived):
                        waiting[stream] = Request(end, stream, list(event.headers))
                    elif isinstance(event, h2.events.DataReceived) and stream in waiting:
                        waiting[stream].body += event.data
                    elif isinstance(event, h2.events.StreamEnded) and stream in waiting:
                        self.begin(waiting.pop(stream))

    def heard(self, end, event):
        """For origins with a mind of their own."""

    def begin(self, request):
        if self.server.threads:
            threading.Thread(target=self.play, args=(request,), daemon=True).start()
        else:
            self.play(request)

    def play(self, request):
        try:
            self.server.serve(request)
        except (EOFError, OSError, h2.exceptions.ProtocolError):
            pass  # the gateway has given the request up
