"""For unbound's Python module: SVCB and HTTPS records (RFC 9460) are answered as not there, and with them the keys of Encrypted ClientHello.

Devices then name the site they want where the gateway reads it. Everything else is resolved as ever. The names in capitals are unbound's own.
"""
HIDDEN = (64, 65)  # SVCB, HTTPS
INDETERMINATE = 2  # no signature was looked for: unbound would not give an unchecked answer away


def init(number, settings):
    return True


def deinit(number):
    return True


def inform_super(number, query, parent, data):
    return True


def nothing_there(number, query):
    answer = DNSMessage(query.qinfo.qname_str, query.qinfo.qtype, RR_CLASS_IN, PKT_QR | PKT_RA)  # noqa: F821
    if not answer.set_return_msg(query):
        query.ext_state[number] = MODULE_ERROR  # noqa: F821
        return
    query.return_msg.rep.security = INDETERMINATE
    query.return_rcode = RCODE_NOERROR  # noqa: F821
    query.ext_state[number] = MODULE_FINISHED  # noqa: F821


def operate(number, event, query, data):
    if event in (MODULE_EVENT_NEW, MODULE_EVENT_PASS):  # noqa: F821
        if query.qinfo.qtype in HIDDEN:
            nothing_there(number, query)
        else:
            query.ext_state[number] = MODULE_WAIT_MODULE  # noqa: F821
    elif event == MODULE_EVENT_MODDONE:  # noqa: F821
        query.ext_state[number] = MODULE_FINISHED  # noqa: F821
    else:
        query.ext_state[number] = MODULE_ERROR  # noqa: F821
    return True
