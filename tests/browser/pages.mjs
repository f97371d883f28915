// Which pages there are to look at, by the role that opens them. What stands in braces is a number of what the host of the tests has put there.

export const roles = {
    officer: ["/", "/requests", "/requests?show=recommended", "/request?id={waiting_id}", "/request/close?id={waiting_id}", "/request/merge?id={waiting_id}", "/grants", "/lists",
        "/lists?list=school-allow", "/lists?list=school-private", "/lists?list=all&find=example&only=overdue", "/inspection", "/lists/add", "/lists/entry?id={entry_id}", "/draft", "/draft/change?id={change_id}", "/draft/effect", "/draft/effect?whose=own", "/history", "/history/one?id={publication_id}", "/history/one?id={pending_id}", "/history/one?id={asked_id}", "/reports", "/report?id={report_id}", "/incidents", "/rules", "/rules?by=clause", "/rules/one?id=exam-week", "/rules/edit", "/rules/edit?id=pupils-play-in-lessons", "/services", "/services/one?id=tiktok",
        "/draft/edit?id={edit_id}", "/history/one?id={rules_id}", "/timetable/edit?table=closure", "/timetable/edit?table=term", "/timetable/edit?table=period&row=lunch%2012:40-13:30%201f%20", "/timetable", "/timetable?group=year-9", "/timetable?show=live", "/timetable/import", "/incidents?user=someone", "/incidents?user=jo.year8&purpose=complaint", "/supervision", "/supervision/one?id={proposed_id}", "/supervision/one?id={supervised_id}",
        "/supervision/propose?user=jo.year8", "/permissions", "/permission?id={permission_id}", "/permission/new", "/log",
        "/log?person=j.teacher", "/check", "/check?url=www.instagram.com&role=pupil&at=2026-11-24T10:00", "/check?url=not%20a%20site", "/status", "/account", "/account/tokens", "/account/password", "/account/second-factor", "/help",
        "/accessibility", "/nothing-here", "/request?id=999999"],
    head: ["/", "/history/one?id={asked_id}", "/roles", "/roles/one?id={role_grant_id}", "/roles/access?id={held_id}", "/roles/access?id={refused_id}", "/reviews", "/requests", "/request?id={recommended_id}", "/supervision", "/supervision/one?id={proposed_id}", "/supervision/one?id={supervised_id}", "/permission?id={permission_id}", "/reports", "/audit", "/lists", "/rules/one?id=exam-week", "/services/one?id=tiktok"],
    ict: ["/", "/inspection", "/log", "/log?person=j.teacher&purpose=complaint", "/status", "/audit", "/log/live", "/traffic", "/traffic?days=7", "/checks", "/governors", "/accounts", "/accounts/add", "/accounts/one?id={account_id}", "/roles", "/roles/one?id={role_grant_id}", "/roles/access?id={held_id}", "/roles/access?id={refused_id}"],
    held: ["/", "/requests", "/account"],
    newrole: ["/", "/draft", "/requests", "/account"],
    beside: ["/", "/supervision", "/supervision/one?id={supervised_id}"],
    dsl: ["/", "/reports", "/report?id={person_report_id}"],
    dpo: ["/", "/audit?action=account.", "/privacy", "/reviews"],
    chief: ["/", "/roles"],
    marketing: ["/", "/log"],
    auditor: ["/", "/incidents", "/traffic?days=30"],
};

export function addressOf(gateway, path) {
    return path.replaceAll(/\{(\w+)\}/g, (_, key) => gateway.seed[key]);
}

export function portalPages(gateway) {
    return ["/", "/ask", "/tell", "/told?reference=K7QF-3M9P", "/status/", gateway.seed.waiting, "/device", "/try", "/help", "/accessibility", "/nothing-here", "/ask?t=broken"];
}
